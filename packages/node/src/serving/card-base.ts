import { methodOf, roleOf } from "@atoll/core/methods";
import { feedbackOf } from "../experiment/index.ts";
import type { Result } from "../results/index.ts";
import type { Card } from "./card.ts";
import type { ServedRun } from "./choose.ts";
import { MOST_DIFFERENCE, type Verified } from "./verify.ts";

interface BaseOptions {
  readonly run: ServedRun;
  readonly client: string;
  readonly verified: Verified;
  readonly result: Result;
  readonly versions: Readonly<Record<string, string>>;
}

type Base = Omit<Card, "model" | "tasks" | "inputs" | "outputs" | "data" | "contains" | "limits">;

/** What a card says of any model: of its run, its metrics, its promise and its check. */
export function cardBase({ run, client, verified, result, versions }: BaseOptions): Base {
  const { entry } = run.method;
  const { name } = entry;
  const { description } = run.experiment;
  const measured = result.methods[name];
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
    seed: run.seed,
    example: { inputs: { ...verified.example.inputs }, outputs: { ...verified.example.outputs } },
    protocol: result.protocol.filter(
      ({ topic }) => !topic.startsWith("Client ") || topic === `Client ${client}`,
    ),
    metrics: intervals(measured?.clients[client]),
    macro: intervals(measured?.macro),
    privacy: privacyOf(measured?.privacy, client),
    verified: {
      rows: verified.rows,
      difference: verified.difference,
      allowed: MOST_DIFFERENCE,
      runtime: `onnxruntime-node ${versions["onnxruntime-node"]}`,
    },
    versions: { ...versions },
  };
}

/** Whether probabilities order a user's items, and are no frequencies. */
export function isRanking({ experiment }: ServedRun): boolean {
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
