import { methodOf, roleOf } from "@atoll/core/methods";
import { inputType, vocabularyRows, type ExportedModel } from "@atoll/core/serving";
import { tasksOf } from "@atoll/core/data";
import { feedbackOf } from "../experiment/index.ts";
import type { Result } from "../results/index.ts";
import type { Card } from "./card.ts";
import type { ServedClient, ServedRun } from "./choose.ts";
import { meaningOf } from "./input-text.ts";
import { MOST_DIFFERENCE, type Verified } from "./verify.ts";

interface CardOptions {
  readonly run: ServedRun;
  readonly served: ServedClient;
  readonly exported: ExportedModel;
  readonly verified: Verified;
  readonly result: Result;
  readonly versions: Readonly<Record<string, string>>;
}

/** What a client's exported model is: data, protocol, metrics, privacy, inputs and outputs, limits. */
export function makeCard(options: CardOptions): Card {
  const { run, served, exported, verified, result, versions } = options;
  const { client, kept } = served;
  const { entry } = run.method;
  const { name } = entry;
  const measured = result.methods[name];
  const data = result.clients[client]!;
  const tasks = tasksOf(kept.schema);
  const { description } = run.experiment;
  const privacy = privacyOf(measured?.privacy, client);
  return {
    schema: "atoll/card/v1",
    client,
    experiment: { name: run.experiment.name, ...(description !== undefined && { description }) },
    method: {
      name,
      kind: entry.kind,
      summary: methodOf(entry.kind).summary,
      role: roleOf(entry),
      ...(run.why !== undefined && { chosen: run.why }),
    },
    model: { ...kept.config },
    seed: run.seed,
    tasks: [...tasks],
    inputs: exported.inputs.map((input) => {
      const { name: title, column } = input;
      const { type, sizes } = inputType(input);
      return { name: title, column, type, shape: ["batch", ...sizes], meaning: meaningOf(input) };
    }),
    outputs: exported.outputs.map((output, t) => ({
      name: output,
      type: "float64" as const,
      shape: ["batch"] as ["batch"],
      meaning: `probability of ${tasks[t]}, row by row${isRanking(run) ? "; for ranking: only the order of a user's items means something" : ""}`,
    })),
    example: { inputs: { ...verified.example.inputs }, outputs: { ...verified.example.outputs } },
    data: {
      train: data.train,
      valid: data.valid,
      test: data.test,
      users: data.users,
      items: data.items,
      vocabularies: Object.fromEntries(
        Object.keys(kept.encoder.vocabularies).map((feature) => [
          feature,
          vocabularyRows(kept.encoder, client, feature).length,
        ]),
      ),
    },
    protocol: result.protocol.filter(
      ({ topic }) => !topic.startsWith("Client ") || topic === `Client ${client}`,
    ),
    metrics: intervals(measured?.clients[client]),
    macro: intervals(measured?.macro),
    privacy,
    contains: contents(options, privacy),
    limits: limits(options),
    verified: {
      rows: verified.rows,
      difference: verified.difference,
      allowed: MOST_DIFFERENCE,
      runtime: `onnxruntime-node ${versions["onnxruntime-node"]}`,
    },
    versions: { ...versions },
  };
}

function isRanking({ experiment }: ServedRun): boolean {
  return feedbackOf(experiment) === "implicit";
}

type Metrics = Result["methods"][string]["macro"];

function intervals(metrics: Metrics | undefined) {
  return Object.fromEntries(
    Object.entries(metrics ?? {}).map(([metric, { mean, low, high }]) => [
      metric,
      { mean, low, high },
    ]),
  );
}

function privacyOf(privacy: Result["methods"][string]["privacy"], client: string): Card["privacy"] {
  if (privacy === undefined) return null;
  const { accounts, weakest, kind, unit, adjacency, delta, accountant, words } = privacy;
  const account = accounts[client] ?? accounts[weakest]!;
  return {
    kind,
    unit,
    adjacency,
    epsilon: account.epsilon,
    delta,
    accountant,
    words: words.join(" "),
  };
}

/** What whoever holds the file can read out of it, without running anything. */
function contents({ served: { kept, client } }: CardOptions, privacy: Card["privacy"]): string[] {
  const listed = Object.keys(kept.encoder.vocabularies)
    .map((feature) => [feature, vocabularyRows(kept.encoder, client, feature).length] as const)
    .filter(([, count]) => count > 0)
    .map(([feature, count]) => `${count.toLocaleString("en-US")} values of ${feature}`);
  return [
    ...(listed.length > 0
      ? [
          `in plain text, what training rows held, of shared features also those of other clients: ${listed.join(", ")}`,
        ]
      : []),
    ...(kept.encoder.vocabularies["user"] === undefined
      ? []
      : [`so it names the users of ${client}: it belongs to ${client}, and to nobody else`]),
    `every number that the model learned: ${traces(privacy)}`,
  ];
}

/** Whom a promise protects from: of releases alone, not from who holds the client's own numbers. */
function traces(privacy: Card["privacy"]): string {
  if (privacy === null) return "traces of single training rows may be drawn from them";
  return privacy.kind === "dp-sgd"
    ? `the promise bounds what they tell of one ${privacy.unit}`
    : `the promise is about what left clients in training, and these are the client's own: traces of single training rows may be drawn from them`;
}

function limits({ run, served, result }: CardOptions): string[] {
  const { client, kept } = served;
  const { train } = result.clients[client]!;
  return [
    `for rows of ${client}: those of another client have other users, items and habits`,
    "values that were not in training rows, or too rarely, are all one unknown value",
    `learned from ${train.toLocaleString("en-US")} rows as they were then: measure it again when habits, items or prices change`,
    ...(isRanking(run)
      ? ["trained against sampled negatives: its probabilities rank, and are no frequencies"]
      : []),
    ...(roleOf(run.method.entry) === "reference"
      ? ["trained on the rows of all clients in one place, which no federation has"]
      : []),
    ...(kept.added.codes.length > 0
      ? ["codes of users and items are those of training: new ones have none"]
      : []),
    "not for decisions about people that need a reason: it gives a number without one",
  ];
}
