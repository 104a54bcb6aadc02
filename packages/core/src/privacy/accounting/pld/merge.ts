import { isFree } from "../check.ts";
import type { Mechanism, Uses } from "../mechanism.ts";
import { LEAST_NOISE_AMPLIFIED } from "../sampled-gaussian/rdp.ts";

/**
 * The same uses with as few different mechanisms as there can be, those that reveal nothing left out. All
 * Gaussian noise without sampling is one use of noise (sum of z^-2)^(-1/2), exactly. Below the least noise
 * that amplification is worked out for, a Gaussian counts as not sampled, which is an upper bound.
 */
export function merged(uses: readonly Uses[]): readonly Uses[] {
  let precision = 0;
  const others = new Map<string, { readonly mechanism: Mechanism; count: number }>();
  for (const { mechanism, count } of uses) {
    if (count === 0 || isFree(mechanism)) continue;
    const { kind, noiseMultiplier } = mechanism;
    const rate = kind === "gaussian" ? mechanism.samplingRate : 1;
    if (kind === "gaussian" && (rate === 1 || noiseMultiplier < LEAST_NOISE_AMPLIFIED)) {
      precision += count / noiseMultiplier ** 2;
      continue;
    }
    const key = `${kind} ${noiseMultiplier} ${rate}`;
    const same = others.get(key);
    if (same === undefined) others.set(key, { mechanism, count });
    else same.count += count;
  }
  const unsampled = {
    kind: "gaussian",
    noiseMultiplier: precision ** -0.5,
    samplingRate: 1,
  } as const;
  return precision === 0
    ? [...others.values()]
    : [...others.values(), { mechanism: unsampled, count: 1 }];
}
