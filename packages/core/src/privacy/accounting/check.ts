import type { Mechanism, Uses } from "./mechanism.ts";

/** Refuses numbers that are no mechanism's, or no number of uses. */
export function checkUses(uses: readonly Uses[]): void {
  for (const { mechanism, count } of uses) {
    checkMechanism(mechanism);
    if (!(count >= 0 && count < Infinity))
      throw new RangeError(`uses: count is ${count}; it must be a number of uses, 0 or more`);
  }
}

/** Noise of 0 and of Infinity, and sampling rates 0 and 1, are in order. */
export function checkMechanism(mechanism: Mechanism): void {
  const { kind, noiseMultiplier } = mechanism;
  if (!(noiseMultiplier >= 0))
    throw new RangeError(`${kind}: noiseMultiplier is ${noiseMultiplier}; it must be 0 or more`);
  if (kind === "gaussian" && !(mechanism.samplingRate >= 0 && mechanism.samplingRate <= 1))
    throw new RangeError(
      `${kind}: samplingRate is ${mechanism.samplingRate}; it must lie between 0 and 1`,
    );
}

/** Whether it reveals nothing: it never looks at the data, or its noise has no bound. */
export function isFree(mechanism: Mechanism): boolean {
  return (
    mechanism.noiseMultiplier === Infinity ||
    (mechanism.kind === "gaussian" && mechanism.samplingRate === 0)
  );
}

/** Noise without bound has no promise at delta 0, and delta 1 promises nothing. */
export function checkDelta(delta: number): void {
  if (!(delta > 0 && delta < 1))
    throw new RangeError(`delta is ${delta}; it must lie between 0 and 1`);
}

export function checkEpsilon(epsilon: number): void {
  if (!(epsilon >= 0)) throw new RangeError(`epsilon is ${epsilon}; it must be 0 or more`);
}
