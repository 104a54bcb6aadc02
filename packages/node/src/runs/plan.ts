import { federationConfig, type Stage } from "@atoll/core/federation";
import {
  methodOf,
  resolveMethod,
  type MethodEntry,
  type MethodSettings,
} from "@atoll/core/methods";
import { declaredSchema } from "@atoll/core/data";
import { trainingConfig } from "@atoll/core/training";
import {
  commonOf,
  learnedTask,
  metricOfTask,
  metricsOf,
  rolesOf,
  type Experiment,
} from "../experiment/index.ts";
import type { CellName } from "./events.ts";

/** A method of the experiment with everything it is given. */
export interface PlannedMethod {
  readonly entry: MethodEntry;
  readonly settings: MethodSettings;
  /** Earlier methods that it reads files of, by name. */
  readonly reads: readonly string[];
}

/** What an experiment comes down to: its methods and its cells, seed by seed. */
export interface Plan {
  readonly methods: readonly PlannedMethod[];
  readonly cells: readonly CellName[];
  readonly metrics: readonly string[];
  readonly headline: string;
  readonly selectBy: string;
}

export function planOf(experiment: Experiment): Plan {
  const { data, evaluation } = experiment;
  const columns = rolesOf(experiment);
  const metrics = metricsOf(experiment);
  const entries = experiment.methods.map(resolveMethod);
  const learned = entries.map((entry) => learnedTask(entry, experiment, columns));
  // Where every method learns the same one of several labels, a metric of that label comes first.
  const measured = (metric: string) =>
    learned.some((task) => metricOfTask(metric, task) === metric);
  const headline = evaluation.headline ?? metrics.find(measured) ?? metrics[0]!;
  const selectBy = experiment.training.selectBy ?? headline;
  // A made-up world knows the best that can be reached: every table over it shows that row.
  if (data.kind !== "files" && !entries.some((entry) => entry.kind === "best-possible"))
    entries.push(resolveMethod("best-possible"));
  const planned = entries.map((entry): PlannedMethod => {
    const training = trainingConfig.parse({ ...experiment.training, ...entry.training });
    const definition = methodOf(entry.kind);
    return {
      entry,
      reads: [...entry.startFrom, ...(definition.reads?.(entry) ?? [])],
      settings: {
        model: entry.model ?? experiment.model,
        training,
        privacy: entry.privacy ?? experiment.privacy,
        augmentation: experiment.augmentation,
        federation: federationConfig.parse({ ...experiment.federation, ...entry.federation }),
        selectBy:
          training.selectBy ?? metricOfTask(selectBy, learnedTask(entry, experiment, columns)),
        metrics,
        ties: evaluation.ties,
        // Settings are chosen on whatever validation rows there are.
        minPositives: evaluation.on === "test" ? evaluation.minPositives : 0,
        validationLists: evaluation.validationLists,
        minCount: data.kind === "files" ? data.vocabulary.minCount : 1,
        common: commonOf(experiment),
        features: declaredSchema(columns),
        startFrom: entry.startFrom,
      },
    };
  });
  return {
    methods: planned,
    cells: experiment.seeds.flatMap((seed) =>
      entries.map((entry) => ({ seed, method: entry.name })),
    ),
    metrics,
    headline,
    selectBy,
  };
}

/** What a method does, stage by stage. */
export function stagesOf(
  entry: PlannedMethod["entry"],
  settings: PlannedMethod["settings"],
): readonly Stage[] {
  const definition = methodOf(entry.kind);
  return definition.stages(entry, settings);
}

/** Who takes part in a method, and whose rows it holds. */
export interface Party {
  readonly name: string;
  readonly clients: readonly string[];
}

/**
 * The parties of a method: every client by itself, or some that hold all. Of several that hold all, the first
 * evaluates.
 */
export function partiesOf(entry: MethodEntry, clients: readonly string[]): readonly Party[] {
  const definition = methodOf(entry.kind);
  switch (definition.parties) {
    case "clients":
      return clients.map((client) => ({ name: client, clients: [client] }));
    case "pooled":
      return [{ name: entry.name, clients }];
    case "population": {
      const shards = definition.shards?.(entry) ?? 1;
      return Array.from({ length: shards }, (_, i) => ({
        name: `${entry.name}-${i + 1}`,
        clients,
      }));
    }
  }
}
