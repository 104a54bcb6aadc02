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
  // Everything below is in units of exp(unit), the size of the masses at the window's low end.
  const start = low * interval;
  const unit = logMoment - tilt * start;
  // deltas[i] is at epsilon (low - 1 + i) interval; from the top, so that only positive numbers add.
  const deltas = new Float64Array(size + 1);
  const whole = -Math.expm1(-interval);
  let above = 0;
  for (let i = size - 1; i >= 0; i--) {
    above += masses[i]! * Math.exp(-tilt * i * interval);
    deltas[i] = whole * above + (1 - whole) * deltas[i + 1]!;
  }
  const beyond = OUTSIDE * Math.exp(-tilt * (high - low) * interval);

  return (epsilon) => {
    let inUnits: number;
    const place = epsilon / interval - low + 1;
    if (place < 0) {
      // Convex in exp(epsilon) between 0, where all mass counts, and the first multiple.
      const part = Math.exp(epsilon - start + interval);
      inUnits = part * deltas[0]! + (1 - part) * above;
    } else {
      const i = Math.min(size, Math.floor(place));
      const part = Math.min(1, Math.expm1((place - i) * interval) / Math.expm1(interval));
      inUnits = i === size ? 0 : deltas[i]! + part * (deltas[i + 1]! - deltas[i]!);
    }
    // What lies above the window, and below it where epsilon does too.
    inUnits += beyond;
    if (epsilon < start) inUnits += OUTSIDE * Math.exp(tilt * (start - epsilon));
    return Math.min(1, infinite + Math.exp(unit + Math.log(inUnits)));
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
