import { leakageOf, type Leakage, type SplitClient } from "@atoll/core/data";
import { decodeState } from "@atoll/core/federation";
import type { StageTraffic } from "@atoll/core/federation";
import {
  EVALUATION_FILE,
  roleOf,
  type MethodEntry,
  type Observed,
  type MethodSettings,
  type StoredGates,
  type Retired,
} from "@atoll/core/methods";
import { parseMetric, tellingFeatures, type Measured } from "@atoll/core/metrics";
import { mean, summarise } from "@atoll/core/stats";
import type { ExtensionRecord } from "../extensions/index.ts";
import { commonOf, type Experiment } from "../experiment/index.ts";
import type { CodebookPages } from "./codebook-schema.ts";
import type { DomainPages } from "./domain-schema.ts";
import type { PartyDomains } from "./domains.ts";
import type { PartyCodebooks } from "./codebooks.ts";
import type { GatesResult } from "./coordination-schema.ts";
import { foldsOf, rowUnits } from "./folds.ts";
import { gatherCodebooks } from "./gather-codebooks.ts";
import { gatherDomains } from "./gather-domains.ts";
import { gatherGates } from "./gather-gates.ts";
import { meanObservations } from "./mean-observations.ts";
import { meanStages } from "./mean-stages.ts";
import { privacyOfMethods, type TrainingAccounts } from "./privacy.ts";
import { describeProtocol } from "./protocol.ts";
import { resultSchema, type CandidateFile, type MetricsLine, type Result } from "./result.ts";

/** What one cell cost. */
export interface CellCost {
  readonly bytes: { readonly up: number; readonly down: number };
  readonly rounds: number;
  readonly seconds: number;
  readonly stages?: readonly StageTraffic[];
  readonly observations?: readonly Observed[];
  readonly privacy?: TrainingAccounts;
  readonly retired?: Retired;
}

export interface AssembleInput {
  readonly experiment: Experiment;
  readonly plan: {
    readonly methods: readonly {
      readonly entry: MethodEntry;
      readonly settings: Pick<MethodSettings, "privacy">;
    }[];
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
  /** What the parties of a cell kept of their codes, by party; none of a method without codes. */
  readonly readCodebooks: (cell: {
    readonly seed: number;
    readonly method: string;
  }) => Promise<PartyCodebooks>;
  /** What the parties of a cell kept of how their gates choose. */
  readonly readGates: (cell: {
    readonly seed: number;
    readonly method: string;
  }) => Promise<readonly (StoredGates | undefined)[]>;
  /** What the parties of a cell kept of their encoders; none of a method without encoders of domains. */
  readonly readDomains: (cell: {
    readonly seed: number;
    readonly method: string;
  }) => Promise<PartyDomains>;
  /** Code that was run beside the library's. */
  readonly extensions?: readonly ExtensionRecord[];
  /** What validation said, round by round. */
  readonly lines: readonly MetricsLine[];
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Gathers what the clients measured, and works out intervals and comparisons; where methods have
 * codebooks or encoders of domains, also what a page shows of them.
 */
export async function assembleResult(input: AssembleInput): Promise<{
  readonly result: Result;
  readonly pages: CodebookPages | undefined;
  readonly domains: DomainPages | undefined;
}> {
  const { experiment, plan, splits, cell } = input;
  const { seeds, evaluation } = experiment;
  const first = splits.get(seeds[0]!)!;
  const entries = plan.methods.map(({ entry }) => entry);
  const names = entries.map(({ name }) => name);
  // The first local-only method is what every client has without a federation.
  const baseline = entries.find(({ kind }) => kind === "local")?.name;
  const folds = foldsOf(experiment, splits);
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
    headline: plan.headline,
    samples: evaluation.bootstrap,
    ...(folds && { folds }),
    onProgress: input.onProgress,
  });
  const costs = (method: string, cost: (of: CellCost) => number) =>
    mean(seeds.map((seed) => cost(cell({ seed, method }))));
  const { described, pages } = await gatherCodebooks({
    seeds,
    entries,
    // Equal ids of users may well be chance; a market's items mostly keep their ids elsewhere.
    identical: commonOf(experiment).includes("user") ? ["item", "user"] : ["item"],
    readCodebooks: input.readCodebooks,
  });
  const domains = await gatherDomains({
    seeds,
    entries,
    augmentation: experiment.augmentation,
    selectBy: plan.selectBy,
    lines: input.lines,
    readDomains: input.readDomains,
  });
  const seed = seeds[0]!;
  const gates = new Map<string, GatesResult | undefined>();
  for (const name of names)
    gates.set(name, gatherGates(seed, await input.readGates({ seed, method: name })));
  const privacy = privacyOfMethods(
    plan.methods.map(({ entry, settings }) => ({
      entry,
      config: settings.privacy,
      trainings: seeds.map((of) => cell({ seed: of, method: entry.name }).privacy ?? {}),
      retired: seeds.map((of) => cell({ seed: of, method: entry.name }).retired),
    })),
  );
  const result = resultSchema.parse({
    schema: "atoll/result/v1",
    experiment,
    seeds,
    metric: plan.headline,
    protocol: describeProtocol(experiment, { ...plan, extensions: input.extensions ?? [] }, first),
    clients: Object.fromEntries(
      first.map((split) => [
        split.client,
        {
          ...split.counts,
          leakage: withTelling(split),
          candidates: input.candidates(split.client),
        },
      ]),
    ),
    methods: Object.fromEntries(
      entries.map((entry) => {
        const { kind, name } = entry;
        return [
          name,
          {
            kind,
            role: roleOf(entry),
            clients: summary.clients[name],
            macro: summary.macro[name],
            worst: summary.worst[name],
            bytes: {
              up: costs(name, (of) => of.bytes.up),
              down: costs(name, (of) => of.bytes.down),
            },
            seconds: costs(name, (of) => of.seconds),
            rounds: costs(name, (of) => of.rounds),
            stages: meanStages(seeds.map((seed) => cell({ seed, method: name }).stages)),
            codebooks: described.get(name),
            coordination: meanObservations(
              seeds.map((of) => cell({ seed: of, method: name }).observations),
            ),
            gates: gates.get(name),
            domains: domains.described.get(name),
            privacy: privacy.get(name),
          },
        ];
      }),
    ),
    ...(Object.keys(summary.macroClients).length > 0 && { macroClients: summary.macroClients }),
    comparisons: summary.comparisons,
    pairs: summary.pairs,
  });
  return { result, pages, domains: domains.pages };
}

/** measured[client][method][metric][seed], from what each client kept for itself. */
async function readMeasured(
  input: AssembleInput,
  clients: readonly string[],
  methodNames: readonly string[],
) {
  const { experiment, plan, splits, readEvaluation } = input;
  const measured: Record<string, Record<string, Record<string, Measured[]>>> = {};
  for (const [c, client] of clients.entries()) {
    measured[client] = {};
    const perSeed = experiment.seeds.map((seed) => splits.get(seed)![c]!);
    const taskOf = new Map(plan.metrics.map((name) => [name, parseMetric(name).task]));
    const unitsOf = new Map(
      [...new Set(taskOf.values())].map((task) => [task, rowUnits(perSeed, task)]),
    );
    for (const method of methodNames) {
      const byMetric: Record<string, Measured[]> = Object.fromEntries(
        plan.metrics.map((name) => [name, []]),
      );
      measured[client][method] = byMetric;
      for (const [s, seed] of experiment.seeds.entries()) {
        const { arrays, metadata } = decodeState(
          await readEvaluation({ seed, method }, client, EVALUATION_FILE),
        );
        const test = metadata["test"] as Record<string, Record<string, number>>;
        const missing = metadata["undefined"] as Record<string, Record<string, string>>;
        for (const metric of plan.metrics) {
          const value = test[client]?.[metric];
          if (value === undefined) {
            const reason = missing[client]?.[metric] ?? "not measured";
            byMetric[metric]!.push({ kind: "undefined", reason });
            continue;
          }
          const influence = arrays[`influence:${client}:${metric}`]!.data as Float64Array;
          const present = arrays[`present:${client}:${metric}`]!.data as Uint8Array;
          const units = unitsOf.get(taskOf.get(metric))?.[s];
          byMetric[metric]!.push({
            kind: "value",
            value,
            influence,
            present,
            // A method of one task measures `auc` on the rows that know its own label.
            ...(units?.length === influence.length && { units }),
          });
        }
      }
    }
  }
  return measured;
}

/** What held-out rows share with training rows, and what features say of them all. */
function withTelling(split: SplitClient): Leakage {
  const telling = tellingFeatures(split);
  return { ...leakageOf(split), ...(telling.length > 0 && { telling }) };
}
