import { roleOf, type KeptModel } from "@atoll/core/methods";
import { inputType, isRecommender, vocabularyRows, type ExportedModel } from "@atoll/core/serving";
import { tasksOf } from "@atoll/core/data";
import type { Result } from "../results/index.ts";
import { cardBase, isRanking } from "./card-base.ts";
import type { Card } from "./card.ts";
import type { ServedClient, ServedRun } from "./choose.ts";
import { meaningOf } from "./input-text.ts";
import {
  recommenderContents,
  recommenderInput,
  recommenderLimits,
  recommenderScore,
} from "./recommender-card.ts";
import type { Verified } from "./verify.ts";

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
  const data = result.clients[client]!;
  const tasks = tasksOf(kept.schema);
  const base = cardBase({ run, client, verified, result, versions });
  return {
    ...base,
    model: { ...kept.config },
    tasks: [...tasks],
    inputs: exported.inputs.map((input) => {
      const { name: title, column } = input;
      const { type, sizes } = inputType(input);
      const meaning = `${meaningOf(input)}${isRecommender(kept) ? recommenderInput(input) : ""}`;
      return { name: title, column, type, shape: ["batch", ...sizes], meaning };
    }),
    outputs: exported.outputs.map((output, t) => ({
      name: output,
      type: "float64" as const,
      shape: ["batch"] as ["batch"],
      meaning: isRecommender(kept)
        ? recommenderScore(kept, tasks[t]!)
        : `probability of ${tasks[t]}, row by row${isRanking(run) ? "; for ranking: only the order of a user's items means something" : ""}`,
    })),
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
    contains: contents(options, base.privacy),
    limits: limits(options),
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
    ...(isRecommender(kept) ? recommenderContents(kept) : []),
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
    ...(isRanking(run) && !isRecommender(kept)
      ? ["trained against sampled negatives: its probabilities rank, and are no frequencies"]
      : []),
    ...(roleOf(run.method.entry) === "reference"
      ? ["trained on the rows of all clients in one place, which no federation has"]
      : []),
    ...(isRecommender(kept) ? recommenderLimits(kept) : addedLimits(kept)),
    "not for decisions about people that need a reason: it gives a number without one",
  ];
}

function addedLimits({ added }: KeptModel): string[] {
  return added.codes.length > 0
    ? ["codes of users and items are those of training: new ones have none"]
    : [];
}
