import { isDeepStrictEqual } from "node:util";
import type { AugmentationSettings } from "@atoll/core/augmentation";
import type { AugmentationEffect, MethodEntry } from "@atoll/core/methods";
import { parseMetric } from "@atoll/core/metrics";
import { mean } from "@atoll/core/stats";
import type { MetricsLine } from "./result.ts";
import { validationsOf } from "./validations.ts";

/** The same training without augmentation, where a run has it, and what validation says of the two. */
export interface Twin extends AugmentationEffect {
  readonly against: string;
}

export function twinOf(
  entry: MethodEntry,
  {
    entries,
    augmentation,
    lines,
    selectBy,
  }: {
    readonly entries: readonly MethodEntry[];
    /** The experiment's, which holds for entries without one of their own. */
    readonly augmentation: AugmentationSettings;
    readonly lines: readonly MetricsLine[];
    /** The metric that validation is told in. */
    readonly selectBy: string;
  },
): Twin | undefined {
  const augments = (other: MethodEntry) =>
    ((other["augmentation"] as AugmentationSettings | undefined) ?? augmentation).kind !== "none";
  if (!augments(entry)) return undefined;
  const twin = entries.find(
    (other) =>
      !augments(other) && isDeepStrictEqual(withoutAugmentation(other), withoutAugmentation(entry)),
  );
  if (twin === undefined) return undefined;
  const { higherIsBetter } = parseMetric(selectBy).definition;
  const best = (method: string) => bestValidation(lines, method, higherIsBetter);
  const [own, without] = [best(entry.name), best(twin.name)];
  if (own === undefined || without === undefined) return undefined;
  return { against: twin.name, metric: selectBy, higherIsBetter, with: own, without };
}

/** IDRA is about augmented sequences alone: without them its settings say nothing. */
const withoutAugmentation = (entry: MethodEntry) => ({
  ...entry,
  name: undefined,
  augmentation: undefined,
  idra: undefined,
});

/** Mean over clients of the best round, mean over seeds; undefined of a method that does not validate. */
function bestValidation(
  lines: readonly MetricsLine[],
  method: string,
  higherIsBetter: boolean,
): number | undefined {
  const rounds = new Map<string, { seed: number; values: number[] }>();
  for (const line of lines) {
    if (line.method !== method) continue;
    const values = validationsOf(line).map(([, value]) => value);
    if (values.length === 0) continue;
    const key = `${line.seed}/${line.round}`;
    const round = rounds.get(key) ?? { seed: line.seed, values: [] };
    round.values.push(...values);
    rounds.set(key, round);
  }
  const bySeed = new Map<number, number[]>();
  for (const { seed, values } of rounds.values())
    bySeed.set(seed, [...(bySeed.get(seed) ?? []), mean(values)]);
  const best = [...bySeed.values()].map((values) =>
    higherIsBetter ? Math.max(...values) : Math.min(...values),
  );
  return best.length === 0 ? undefined : mean(best);
}
