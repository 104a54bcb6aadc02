import type { Accountant } from "./accountant.ts";
import type { Mechanism, Uses } from "./mechanism.ts";

/** A promise for a group of units, and what it rests on. */
export interface GroupPromise {
  readonly epsilon: number;
  /**
   * `sensitivity`: the group moves a release by so many sensitivities, exact for noise without sampling.
   * `sampled-group`: the same under sampling, for a group that is there or not as a whole.
   * `chain`: from neighbour to neighbour, of any mechanism.
   */
  readonly by: "sensitivity" | "sampled-group" | "chain";
}

/**
 * The epsilon at delta for a group of `units` units instead of one. Never below the truth; the less of two
 * bounds under Poisson sampling:
 *
 * `sampled-group`: with J of the group's units in a sample, J ~ Bin(k, q), a release is a mixture of shifts
 * by at most J sensitivities. Divergences being jointly convex, it is at worst k sensitivities with the
 * probability that any is there: rate 1 - (1 - q)^k, noise z / k.
 *
 * `chain`: (epsilon, delta) for one is (k epsilon, delta (1 + e^epsilon + ... + e^((k - 1) epsilon))) for k
 * (Vadhan 2017, lemma 2.2, summed).
 */
export function groupEpsilon(
  uses: readonly Uses[],
  { accountant, units, delta }: GroupOptions,
): GroupPromise {
  if (!(units >= 1 && Number.isInteger(units)))
    throw new RangeError(`groupEpsilon: units is ${units}; it must be a whole number, 1 or more`);
  const together = uses.map(({ mechanism, count }) => ({
    mechanism: groupMechanism(mechanism, units),
    count,
  }));
  const epsilon = accountant.epsilon(together, delta);
  const sampled = together.some(({ mechanism }) => isSampled(mechanism));
  if (!sampled || units === 1) return { epsilon, by: "sensitivity" };
  const chained = chainedEpsilon(uses, { accountant, units, delta });
  return chained < epsilon ? { epsilon: chained, by: "chain" } : { epsilon, by: "sampled-group" };
}

export interface GroupOptions {
  readonly accountant: Accountant;
  readonly units: number;
  readonly delta: number;
}

function isSampled(mechanism: Mechanism): boolean {
  return mechanism.kind === "gaussian" && mechanism.samplingRate > 0 && mechanism.samplingRate < 1;
}

function groupMechanism(mechanism: Mechanism, units: number): Mechanism {
  const noiseMultiplier = mechanism.noiseMultiplier / units;
  if (mechanism.kind !== "gaussian") return { ...mechanism, noiseMultiplier };
  const { samplingRate } = mechanism;
  return {
    ...mechanism,
    noiseMultiplier,
    // Exact for one unit, and for small rates.
    samplingRate: units === 1 ? samplingRate : -Math.expm1(units * Math.log1p(-samplingRate)),
  };
}

/** The least k epsilon whose chain's delta is at most the one given, over deltas for one unit. */
function chainedEpsilon(uses: readonly Uses[], { accountant, units, delta }: GroupOptions): number {
  const epsilonAt = (logDelta: number): number => accountant.epsilon(uses, Math.exp(logDelta));
  const fits = (logDelta: number): boolean => {
    const epsilon = epsilonAt(logDelta);
    const steps = epsilon === 0 ? units : Math.expm1(units * epsilon) / Math.expm1(epsilon);
    return Math.exp(logDelta) * steps <= delta;
  };
  // Ever smaller deltas for one until the chain keeps the group's, then the largest of those.
  let high = Math.log(delta / units);
  if (fits(high)) return units * epsilonAt(high);
  let low = high;
  for (let step = 1; !fits(low); step *= 2) {
    high = low;
    low -= step;
    if (low < -690) return Infinity;
  }
  while (high - low > 1e-3) {
    const middle = 0.5 * (low + high);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return units * epsilonAt(low);
}
