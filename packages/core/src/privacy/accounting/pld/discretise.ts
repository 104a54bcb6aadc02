import type { Loss } from "./loss.ts";

/** A privacy loss on the multiples of an interval: masses[i] at loss (first + i) interval. */
export interface DiscreteLoss {
  readonly first: number;
  readonly masses: Float64Array;
  /** Mass of loss without bound. */
  readonly infinite: number;
}

/** Gauss-Legendre quadrature with five points on -1..1. */
const NODES = [0, 0.5384693101056831, -0.5384693101056831, 0.906179845938664, -0.906179845938664];
const WEIGHTS = [
  0.56888888888888889, 0.47862867049936647, 0.47862867049936647, 0.2369268850561891,
  0.2369268850561891,
];
/** Longest piece of the quadrature, over `bend`. */
const PIECE = 1 / 8;

/** No mass is below the truth by more than this part of it, from quadrature and rounding. */
export const MASS_ERROR = 1e-12;

/**
 * A loss as masses on a grid, never below the truth ("connect the dots", Doroshenko et al. 2022): mass of
 * loss l between the multiples a and b of the interval goes to both, so that neither its sum nor that of
 * mass exp(-loss) changes:
 *
 *   share of b = (1 - exp(a - l)) / (1 - exp(a - b))
 *
 * Then the curve delta(epsilon) is exact at every multiple and, being convex in exp(epsilon), too large
 * between them. Every share is worked out for itself, so that no digits cancel.
 */
export function discretise(loss: Loss, interval: number): DiscreteLoss {
  const first = Math.floor(lowest(loss) / interval);
  const last = Math.floor(highest(loss) / interval);
  const masses = new Float64Array(last - first + 2);
  const whole = -Math.expm1(-interval);
  const put = (cell: number, value: number, mass: number): void => {
    const share = Math.min(1, Math.max(0, -Math.expm1(cell * interval - value) / whole));
    masses[cell - first]! += (1 - share) * mass;
    masses[cell - first + 1]! += share * mass;
  };
  for (const { loss: value, mass } of loss.atoms) put(Math.floor(value / interval), value, mass);

  let left = loss.from;
  for (let cell = Math.floor(loss.loss(loss.from) / interval); cell <= last; cell++) {
    const end = cell === last ? loss.to : Math.min(loss.to, loss.inverse((cell + 1) * interval));
    if (!(end > left)) continue;
    const pieces = Math.ceil((end - left) / (PIECE * loss.bend));
    const half = (end - left) / (2 * pieces);
    for (let piece = 0; piece < pieces; piece++) {
      const middle = left + (2 * piece + 1) * half;
      for (let node = 0; node < NODES.length; node++) {
        const x = middle + half * NODES[node]!;
        put(cell, loss.loss(x), half * WEIGHTS[node]! * loss.density(x));
      }
    }
    left = end;
  }
  return { first, masses, infinite: loss.outside };
}

function lowest(loss: Loss): number {
  return Math.min(loss.loss(loss.from), ...loss.atoms.map((atom) => atom.loss));
}

function highest(loss: Loss): number {
  return Math.max(loss.loss(loss.to), ...loss.atoms.map((atom) => atom.loss));
}
