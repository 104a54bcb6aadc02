import { fourier } from "./fourier.ts";
import type { Repeated } from "./window.ts";

/** Logarithm of a transform that is as good as 0: 1e-43 of the largest. */
const NOTHING = -100;

/** Smaller masses are raised to it: far below all rounding, and far above numbers that are slow. */
const LEAST_MASS = 1e-30;

/** Rounding of a power in polar form, in parts of its exponent. */
const POLAR_ERROR = 4 * 2 ** -53;

/**
 * Masses of a sum of independent losses at the multiples low..low + size - 1 of the interval, size a power of
 * two: the product of the parts' Fourier transforms, each to the power of its count. Never below the truth:
 * a bound of all rounding errors is added to every mass. What the sum has elsewhere comes on top of these, at
 * the same remainder by size.
 */
export function convolve(
  parts: readonly Repeated[],
  { low, size }: { readonly low: number; readonly size: number },
): Float64Array {
  const { forward, inverse, error } = fourier(size);
  const half = size / 2;
  const values = new Float64Array(size);
  const real = new Float64Array(half + 1);
  const imaginary = new Float64Array(half + 1);
  const logSize = new Float64Array(half + 1);
  const logBound = new Float64Array(half + 1);
  const phase = new Float64Array(half + 1);
  const turns = new Float64Array(half + 1);
  let shift = low;
  for (const { loss, count } of parts) {
    // About its centre a part's phase hardly turns where it matters, so that its power keeps its digits.
    const centre = Math.round(loss.mean);
    shift -= count * centre;
    values.fill(0);
    let place = modulo(loss.first - centre, size);
    for (let i = 0; i < loss.masses.length; i++) {
      values[place]! += Math.max(LEAST_MASS, loss.masses[i]!);
      if (++place === size) place = 0;
    }
    forward(values, { real, imaginary });
    for (let k = 0; k <= half; k++) {
      if (logBound[k]! < NOTHING) continue;
      const re = real[k]!;
      const im = imaginary[k]!;
      const modulus = Math.sqrt(re * re + im * im);
      logBound[k]! += count * Math.log(modulus + error);
      if (logBound[k]! < NOTHING) continue;
      const log = Math.log(Math.max(modulus, Number.MIN_VALUE));
      const angle = Math.atan2(im, re);
      logSize[k]! += count * log;
      phase[k]! += count * angle;
      turns[k]! += count * (Math.abs(angle) - Math.min(0, log));
    }
  }

  real.fill(0);
  imaginary.fill(0);
  let [sum, wrong] = [0, 0];
  for (let k = 0; k <= half; k++) {
    const both = k === 0 || k === half ? 1 : 2;
    const bound = Math.exp(Math.max(NOTHING, logBound[k]!));
    sum += both * bound;
    if (logBound[k]! < NOTHING) {
      wrong += both * bound;
      continue;
    }
    const modulus = Math.exp(logSize[k]!);
    wrong += both * (bound - modulus + modulus * POLAR_ERROR * (1 + turns[k]!));
    real[k] = (modulus * Math.cos(phase[k]!)) / size;
    imaginary[k] = (modulus * Math.sin(phase[k]!)) / size;
  }
  inverse({ real, imaginary }, values);
  const slack = (wrong + error * sum) / size;
  const masses = new Float64Array(size);
  let place = modulo(shift, size);
  for (let i = 0; i < size; i++) {
    masses[i] = Math.max(0, values[place]!) + slack;
    if (++place === size) place = 0;
  }
  return masses;
}

function modulo(value: number, size: number): number {
  return ((value % size) + size) % size;
}
