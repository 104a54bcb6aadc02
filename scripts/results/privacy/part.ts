import { mean, standardDeviation, studentCritical } from "@atoll/core/stats";
import type { AuditResult } from "@atoll/node/audit";
import type { Experiment } from "@atoll/node/experiment";
import type { Result } from "@atoll/node/results";
import type { PrivatePlan } from "./plan.ts";
import type { AucBySeed, TorchSide } from "./sides.ts";

/** One experiment of the page on real data, whose private methods differ in their promise alone. */
export interface Part {
  readonly title: string;
  /** Method that private ones are held against: all the same but its promise. */
  readonly without: string;
  readonly client: string;
  readonly experiment: Experiment;
  readonly result: Result;
  readonly ours: AucBySeed;
  /** Undefined where there is no PyTorch. */
  readonly theirs: TorchSide | undefined;
  /** By private method. */
  readonly plans: ReadonlyMap<string, PrivatePlan>;
  readonly audit: AuditResult | undefined;
}

/** A mean with its 95% interval. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** The mean of paired differences, seed by seed, with Student's interval. */
export function pairedBySeed(ours: readonly number[], theirs: readonly number[]): Estimate {
  const differences = ours.map((value, seed) => value - theirs[seed]!);
  const middle = mean(differences);
  const half =
    (studentCritical(0.05, differences.length - 1) * standardDeviation(differences)) /
    Math.sqrt(differences.length);
  return { mean: middle, low: middle - half, high: middle + half };
}

/** A method's AUC as the result has it: over users (rows, where there are none) and seeds. */
export function aucOf({ result, client }: Part, method: string): Estimate {
  return result.methods[method]!.clients[client]!["auc"]!;
}

/** What a method promises; Infinity: nothing. */
export function epsilonOf(result: Result, method: string): number {
  const { privacy } = result.methods[method]!;
  if (privacy === undefined) return Infinity;
  const epsilons = Object.values(privacy.accounts).map(({ epsilon }) =>
    epsilon === "infinity" ? Infinity : epsilon,
  );
  return Math.max(...epsilons);
}

/** Private methods, the strongest promise first. */
export function promisesOf({ result, plans }: Part): string[] {
  return [...plans.keys()]
    .filter((method) => epsilonOf(result, method) < Infinity)
    .toSorted((a, b) => epsilonOf(result, a) - epsilonOf(result, b));
}
