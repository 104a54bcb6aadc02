import type { Mechanism, Uses } from "../accounting/mechanism.ts";

/** Names a mechanism: equal ones, and no others, have the same. */
export function keyOf(mechanism: Mechanism): string {
  switch (mechanism.kind) {
    case "gaussian":
      return `gaussian ${mechanism.samplingRate} ${mechanism.noiseMultiplier}`;
    case "discrete-gaussian":
    case "laplace":
      return `${mechanism.kind} ${mechanism.noiseMultiplier}`;
  }
}

/**
 * All of these together: one entry for each mechanism, in an order that hangs on the mechanisms alone. So
 * what uses cost, to the last bit, is the same in whatever order and grouping they came.
 */
export function mergeUses(...lists: readonly (readonly Uses[])[]): readonly Uses[] {
  const merged = new Map<string, Uses>();
  for (const uses of lists)
    for (const { mechanism, count } of uses) {
      if (count === 0) continue;
      const key = keyOf(mechanism);
      merged.set(key, { mechanism, count: (merged.get(key)?.count ?? 0) + count });
    }
  return [...merged.keys()].toSorted().map((key) => merged.get(key)!);
}

/** Refuses what is no use of a mechanism; `where` names it. */
export function checkUses({ mechanism, count }: Uses, where: string): void {
  if (!(Number.isSafeInteger(count) && count >= 0))
    throw new RangeError(`${where}: count is ${count}; it must be a whole number, 0 or more`);
  const { noiseMultiplier } = mechanism;
  if (!(noiseMultiplier >= 0 && noiseMultiplier < Infinity))
    throw new RangeError(
      `${where}: noiseMultiplier is ${noiseMultiplier}; it must be finite, 0 or more`,
    );
  if (mechanism.kind === "gaussian") {
    const { samplingRate } = mechanism;
    if (!(samplingRate >= 0 && samplingRate <= 1))
      throw new RangeError(`${where}: samplingRate is ${samplingRate}; it must lie in [0, 1]`);
  }
}

/** The mechanism against who sees which units took part: sampling hides nothing from them. */
export function withoutSampling(uses: Uses): Uses {
  return uses.mechanism.kind === "gaussian"
    ? { ...uses, mechanism: { ...uses.mechanism, samplingRate: 1 } }
    : uses;
}

/** Whether units take part by chance. */
export function isSampled(mechanism: Mechanism): boolean {
  return mechanism.kind === "gaussian" && mechanism.samplingRate < 1;
}
