import { logCentralMoment, type TiltedLoss } from "./tilted.ts";

/** A tilted loss, added up so many times. */
export interface Repeated {
  readonly loss: TiltedLoss;
  readonly count: number;
}

/** Range of whole multiples of the interval outside of which hardly anything of a sum of losses lies. */
export interface Window {
  readonly low: number;
  readonly high: number;
}

/**
 * The window outside of which at most `tail` lies on either side, by Chernoff's bound
 *
 *   P(S - E[S] >= c) <= exp(log E[exp(s (S - E[S]))] - s c)
 *
 * at a few s from that which is best for a normal distribution down, as rare large losses need it.
 */
export function windowOf(parts: readonly Repeated[], tail: number): Window {
  let [mean, variance] = [0, 0];
  for (const { loss, count } of parts) {
    mean += count * loss.mean;
    variance += count * loss.variance;
  }
  const needed = -Math.log(tail);
  const slope = Math.sqrt((2 * needed) / Math.max(variance, 1e-3));
  let [below, above] = [Infinity, Infinity];
  for (let halvings = -1; halvings < 10; halvings++) {
    const s = slope * 2 ** -halvings;
    below = Math.min(below, (logMomentOf(parts, -s) + needed) / s);
    above = Math.min(above, (logMomentOf(parts, s) + needed) / s);
  }
  return { low: Math.floor(mean - below), high: Math.ceil(mean + above) };
}

function logMomentOf(parts: readonly Repeated[], s: number): number {
  let sum = 0;
  for (const { loss, count } of parts) sum += count * logCentralMoment(loss, s);
  return sum;
}
