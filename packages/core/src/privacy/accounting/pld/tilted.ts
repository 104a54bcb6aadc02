import type { DiscreteLoss } from "./discretise.ts";

/**
 * A discrete loss with every mass times exp(tilt loss), divided by their sum M(tilt): a distribution whose
 * centre lies where the tail of interest is, so that the tail's digits survive a Fourier transform.
 */
export interface TiltedLoss {
  readonly first: number;
  /** They add to 1. */
  readonly masses: Float64Array;
  /** log M(tilt). */
  readonly logMoment: number;
  /** Of the loss in intervals. */
  readonly mean: number;
  readonly variance: number;
}

export function tilted(
  { first, masses }: DiscreteLoss,
  { interval, tilt }: { readonly interval: number; readonly tilt: number },
): TiltedLoss {
  const logs = masses.map((mass, i) => Math.log(mass) + tilt * (first + i) * interval);
  let largest = -Infinity;
  for (const log of logs) largest = Math.max(largest, log);
  const weights = logs.map((log) => Math.exp(log - largest));
  let [sum, middle] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i]!;
    middle += i * weights[i]!;
  }
  middle /= sum;
  let variance = 0;
  for (let i = 0; i < weights.length; i++) {
    weights[i]! /= sum;
    variance += (i - middle) ** 2 * weights[i]!;
  }
  return {
    first,
    masses: weights,
    logMoment: largest + Math.log(sum),
    mean: first + middle,
    variance,
  };
}

/** An upper bound, but for underflow exact, of log E[exp(s (loss - mean))], s per interval. */
export function logCentralMoment({ first, masses, mean }: TiltedLoss, s: number): number {
  // From the end where exp(s loss) is largest, as a multiple of it.
  const ratio = Math.exp(-Math.abs(s));
  const { length } = masses;
  let factor = 1;
  let sum = 0;
  for (let i = 0; i < length; i++, factor *= ratio)
    sum += factor * masses[s > 0 ? length - 1 - i : i]!;
  const end = s > 0 ? first + length - 1 : first;
  return s * (end - mean) + Math.log(sum + Number.MIN_VALUE);
}
