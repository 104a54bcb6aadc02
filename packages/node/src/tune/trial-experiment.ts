import { resolveMethod } from "@atoll/core/methods";
import type { Experiment } from "../experiment/index.ts";

/** The fewest bootstrap samples that the schema takes: a trial needs its value, not its interval. */
const BOOTSTRAP_SAMPLES = 100;

export interface TrialOptions {
  /** The method that is tuned, by name. */
  readonly method: string;
  readonly objective: string;
  /** The metric that rounds are selected by: that of the experiment, whatever the objective is. */
  readonly selectBy: string;
  readonly rounds: number;
  readonly seeds: readonly number[];
}

/**
 * What a trial runs: the tuned method and those it starts from, measured by the objective on validation
 * rows. `evaluation.on: validation` sets the test rows aside before anything trains.
 */
export function trialExperiment(experiment: Experiment, options: TrialOptions): Experiment {
  const { method, objective, selectBy, rounds, seeds } = options;
  const needed = withAncestors(experiment, method);
  return {
    ...experiment,
    methods: experiment.methods.filter((entry) => needed.has(resolveMethod(entry).name)),
    training: { ...experiment.training, selectBy },
    federation: { ...experiment.federation, rounds },
    evaluation: {
      ...experiment.evaluation,
      on: "validation",
      metrics: [objective],
      headline: objective,
      bootstrap: BOOTSTRAP_SAMPLES,
    },
    seeds: [...seeds],
  };
}

/** A method and all that its start comes from. */
function withAncestors(experiment: Experiment, method: string): ReadonlySet<string> {
  const entries = new Map(
    experiment.methods.map(resolveMethod).map((entry) => [entry.name, entry] as const),
  );
  const needed = new Set<string>();
  const add = (name: string) => {
    if (needed.has(name)) return;
    needed.add(name);
    entries.get(name)?.startFrom.forEach(add);
  };
  add(method);
  return needed;
}
