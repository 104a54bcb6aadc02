import { leakageOf, type SplitClient } from "@atoll/core/data";
import { decodeState } from "@atoll/core/federation";
import { EVALUATION_FILE, methods, type MethodEntry } from "@atoll/core/methods";
import { parseMetric, type Measured } from "@atoll/core/metrics";
import { mean, summarise } from "@atoll/core/stats";
import type { Experiment } from "../experiment/index.ts";
import { describeProtocol } from "./protocol.ts";
import { resultSchema, type CandidateFile, type Result } from "./result.ts";

/** What one cell cost. */
interface CellCost {
  readonly bytes: { readonly up: number; readonly down: number };
  readonly rounds: number;
  readonly seconds: number;
}

interface AssembleInput {
  readonly experiment: Experiment;
  readonly plan: {
    readonly methods: readonly { readonly entry: MethodEntry }[];
    readonly metrics: readonly string[];
    readonly headline: string;
    readonly selectBy: string;
  };
  readonly splits: ReadonlyMap<number, readonly SplitClient[]>;
  /** Where the lists that evaluation ranked were written, seed by seed. */
  readonly candidates: (client: string) => readonly CandidateFile[] | undefined;
  readonly cell: (cell: { readonly seed: number; readonly method: string }) => CellCost;
  /** What the client kept of its evaluation in a cell. */
  readonly readEvaluation: (
    cell: { readonly seed: number; readonly method: string },
    client: string,
    file: string,
  ) => Promise<Uint8Array>;
  readonly onProgress: (done: number, total: number) => void;
}

/** Gathers what the clients measured, and works out intervals and comparisons. */
export async function assembleResult(input: AssembleInput): Promise<Result> {
  const { experiment, plan, splits, cell } = input;
  const { seeds, evaluation } = experiment;
  const first = splits.get(seeds[0]!)!;
  const entries = plan.methods.map(({ entry }) => entry);
  const names = entries.map(({ name }) => name);
  // The first local-only method is what every client has without a federation.
  const baseline = entries.find(({ kind }) => kind === "local")?.name;
  const summary = summarise({
    measured: await readMeasured(
      input,
      first.map(({ client }) => client),
      names,
    ),
    metrics: plan.metrics.map((name) => ({
      name,
      higherIsBetter: parseMetric(name).definition.higherIsBetter,
    })),
    methods: names,
    against: [...new Set([...(baseline === undefined ? [] : [baseline]), ...evaluation.against])],
    samples: evaluation.bootstrap,
    onProgress: input.onProgress,
  });
  const costs = (method: string, cost: (of: CellCost) => number) =>
    mean(seeds.map((seed) => cost(cell({ seed, method }))));
  return resultSchema.parse({
    schema: "atoll/result/v1",
    experiment,
    seeds,
    metric: plan.headline,
    protocol: describeProtocol(experiment, plan, first),
    clients: Object.fromEntries(
      first.map((split) => [
        split.client,
        {
          ...split.counts,
          leakage: leakageOf(split),
          candidates: input.candidates(split.client),
        },
      ]),
    ),
    methods: Object.fromEntries(
      entries.map(({ kind, name }) => [
        name,
        {
          kind,
          role: methods[kind].role,
          clients: summary.clients[name],
          macro: summary.macro[name],
          bytes: { up: costs(name, (of) => of.bytes.up), down: costs(name, (of) => of.bytes.down) },
          seconds: costs(name, (of) => of.seconds),
          rounds: costs(name, (of) => of.rounds),
        },
      ]),
    ),
    comparisons: summary.comparisons,
  });
}

/** measured[client][method][metric][seed], from what each client kept for itself. */
async function readMeasured(
  input: AssembleInput,
  clients: readonly string[],
  methodNames: readonly string[],
) {
  const { experiment, plan, readEvaluation } = input;
  const measured: Record<string, Record<string, Record<string, Measured[]>>> = {};
  for (const client of clients) {
    measured[client] = {};
    for (const method of methodNames) {
      const byMetric: Record<string, Measured[]> = Object.fromEntries(
        plan.metrics.map((name) => [name, []]),
      );
      measured[client][method] = byMetric;
      for (const seed of experiment.seeds) {
        const { arrays, metadata } = decodeState(
          await readEvaluation({ seed, method }, client, EVALUATION_FILE),
        );
        const test = metadata["test"] as Record<string, Record<string, number>>;
        const missing = metadata["undefined"] as Record<string, Record<string, string>>;
        for (const metric of plan.metrics) {
          const value = test[client]?.[metric];
          byMetric[metric]!.push(
            value === undefined
              ? { kind: "undefined", reason: missing[client]?.[metric] ?? "not measured" }
              : {
                  kind: "value",
                  value,
                  influence: arrays[`influence:${client}:${metric}`]!.data as Float64Array,
                  present: arrays[`present:${client}:${metric}`]!.data as Uint8Array,
                },
          );
        }
      }
    }
  }
  return measured;
}
