import type { SplitClient } from "../../data/index.ts";
import type { Executor } from "../../tensor/index.ts";
import { keptPrograms } from "../../tensor/kept-programs.fixture.ts";
import type { MethodDefinition } from "../types.ts";
import { peopleInOrder, runPopulation, type RunOutcome } from "./people.fixture.ts";

export interface PopulationRun extends Pick<
  Parameters<typeof runPopulation>[2],
  "settings" | "parties" | "stops" | "ledger"
> {
  /** Default: `numUsers` people in order. */
  readonly splits?: readonly SplitClient[];
  readonly numUsers?: number;
  /** Gives held-out rows other items. */
  readonly scrambled?: boolean;
  /** Validation and test events change places. */
  readonly swapped?: boolean;
}

export type RunOfPopulation = (
  definition: unknown,
  input: Readonly<Record<string, unknown>>,
  options?: PopulationRun,
) => Promise<RunOutcome>;

/** Runs of methods, which are a function of what is asked: who asks twice pays once. */
export function populationRuns(own: Executor): RunOfPopulation {
  const executor = keptPrograms(own);
  const outcomes = new Map<string, Promise<RunOutcome>>();
  return (definition, input, { splits, numUsers = 12, ...others } = {}) => {
    const { scrambled = false, swapped = false, ...rest } = others;
    const start = () =>
      runPopulation(definition as MethodDefinition<{ readonly kind: string }>, input, {
        splits: splits ?? peopleInOrder(numUsers, { scrambled, swapped }),
        executor,
        ...rest,
      });
    if (splits !== undefined || rest.ledger !== undefined) return start();
    const key = JSON.stringify([input, numUsers, scrambled, swapped, rest]);
    const outcome = outcomes.get(key) ?? start();
    outcomes.set(key, outcome);
    return outcome;
  };
}

/** Mean over lists of 1 over the rank of the positive, which is the first of every list. */
export function reciprocalRank(scores: readonly number[], list: Int32Array): number {
  const ranks = new Map<number, { positive: number; rank: number }>();
  scores.forEach((score, row) => {
    const own = ranks.get(list[row]!);
    if (own === undefined) ranks.set(list[row]!, { positive: score, rank: 1 });
    else if (score >= own.positive) own.rank += 1;
  });
  const all = [...ranks.values()];
  return all.reduce((sum, { rank }) => sum + 1 / rank, 0) / all.length;
}
