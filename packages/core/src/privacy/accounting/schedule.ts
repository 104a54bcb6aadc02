import type { Uses } from "./mechanism.ts";

/** Noise multiplier of every round, from 0; fixed before the first one. */
export type NoiseSchedule = (round: number) => number;

/**
 * Noise that decays by a factor each round: z_t = max(first decay^t, least).
 *
 * @example
 * decaying({ first: 2, decay: 0.5 })(3) // 0.25
 */
export function decaying({
  first,
  decay,
  least = 0,
}: {
  readonly first: number;
  readonly decay: number;
  readonly least?: number;
}): NoiseSchedule {
  return (round) => Math.max(first * decay ** round, least);
}

/** What so many rounds of a schedule use: rounds of equal noise are one entry. */
export function scheduleUses({
  rounds,
  samplingRate,
  noiseOf,
}: {
  readonly rounds: number;
  readonly samplingRate: number;
  readonly noiseOf: NoiseSchedule;
}): readonly Uses[] {
  const counts = new Map<number, number>();
  for (let round = 0; round < rounds; round++) {
    const noise = noiseOf(round);
    counts.set(noise, (counts.get(noise) ?? 0) + 1);
  }
  return [...counts].map(([noiseMultiplier, count]) => ({
    mechanism: { kind: "gaussian", noiseMultiplier, samplingRate },
    count,
  }));
}
