import { convolve } from "./convolve.ts";
import { MASS_ERROR, type DiscreteLoss } from "./discretise.ts";
import { tilted } from "./tilted.ts";
import { windowOf, type Repeated, type Window } from "./window.ts";

/** Part of the tilted mass that may lie on either side of the window; a bound of it is added to every delta. */
const OUTSIDE = 1e-12;

/** Losses of independent uses on one grid, to be added up. */
export interface LossSum {
  readonly parts: readonly { readonly loss: DiscreteLoss; readonly count: number }[];
  readonly interval: number;
  /** The nearer it is to the order of the best Rényi bound minus 1, the more digits the results have. */
  readonly tilt: number;
}

/** A delta for every epsilon, never below the truth and never growing. */
export type PrivacyCurve = (epsilon: number) => number;

/** The window of a sum, by which it can be told what working it out would cost. */
export function windowOfSum({ parts, interval, tilt }: LossSum): {
  readonly repeated: readonly Repeated[];
  readonly window: Window;
} {
  const repeated = parts.map(({ loss, count }) => ({
    loss: tilted(loss, { interval, tilt }),
    count,
  }));
  return { repeated, window: windowOf(repeated, OUTSIDE) };
}

/**
 * The privacy curve of a sum of losses:
 *
 *   delta(epsilon) = P(infinite loss) + sum over losses l > epsilon of mass(l) (1 - exp(epsilon - l))
 *
 * with mass(l) = M exp(-tilt l) times the tilted mass of l, M the product of the parts' M(tilt).
 */
export function curveOfSum(sum: LossSum): PrivacyCurve {
  const { interval, tilt } = sum;
  const { repeated, window } = windowOfSum(sum);
  const { low, high } = window;
  const size = 2 ** Math.ceil(Math.log2(high - low + 2));
  const masses = convolve(repeated, { low, size });

  let [logMoment, infinite] = [0, 0];
  for (const [i, { count, loss }] of sum.parts.entries()) {
    logMoment += count * (repeated[i]!.loss.logMoment + MASS_ERROR);
    infinite += count * loss.infinite;
  }
  // In units of exp(logUnit(i)), the weight of a tilted mass at the window's multiple i: mass at and above it,
  // and delta one multiple below. From the top, so that only positive numbers add, of like size.
  const logUnit = (i: number): number => logMoment - tilt * (low + i) * interval;
  const whole = -Math.expm1(-interval);
  const fall = Math.exp(-tilt * interval);
  const deltas = new Float64Array(size + 1);
  let above = 0;
  for (let i = size - 1; i >= 0; i--) {
    above = masses[i]! + fall * above;
    deltas[i] = whole * above + (1 - whole) * fall * deltas[i + 1]!;
  }

  return (epsilon) => {
    const place = epsilon / interval - low + 1;
    const i = Math.min(size, Math.max(0, Math.floor(place)));
    // Between multiples delta is convex in exp(epsilon), and so it is from 0, where all mass counts, to the first.
    let inUnits: number;
    if (place < 0) {
      const part = Math.exp(place * interval);
      inUnits = part * deltas[0]! + (1 - part) * above;
    } else if (i < size) {
      const part = Math.min(1, Math.expm1((place - i) * interval) / Math.expm1(interval));
      inUnits = (1 - part) * deltas[i]! + part * fall * deltas[i + 1]!;
    } else inUnits = 0;
    let delta = infinite + Math.exp(logUnit(i) + Math.log(inUnits));
    // What lies above the window, and below it where epsilon does too.
    delta += OUTSIDE * Math.exp(logUnit(high - low));
    if (epsilon < low * interval) delta += OUTSIDE * Math.exp(logMoment - tilt * epsilon);
    return Math.min(1, delta);
  };
}

/** Least epsilon at which the curve is at most delta; Infinity where it never is. */
export function epsilonOfCurve(curve: PrivacyCurve, delta: number): number {
  if (curve(0) <= delta) return 0;
  let [low, high] = [0, 1];
  while (curve(high) > delta) {
    low = high;
    high *= 2;
    if (high > 1e12) return Infinity;
  }
  while (high - low > 1e-9 * high) {
    const middle = 0.5 * (low + high);
    if (curve(middle) > delta) low = middle;
    else high = middle;
  }
  return high;
}
