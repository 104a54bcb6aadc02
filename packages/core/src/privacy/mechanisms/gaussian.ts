import { gridStepOf, ontoGrid } from "./grid.ts";
import { addNormal } from "./normal-on-grid.ts";
import type { RandomBytes } from "./random-bytes.ts";

/** Steps of 2^-32 deviations. */
const BITS = 32;

/**
 * Adds Gaussian noise in place: trunc(value / step) + round(2^32 N(0, 1)) steps of 2^-32 deviations each. That is
 * a rounding of a value on the grid plus continuous noise, so that every bound for the continuous mechanism holds
 * as it is; and all that comes out are multiples of the step, whatever the value was.
 *
 * Truncation moves a vector of n values by less than sqrt(n) steps. Whoever adds contributions up before they are
 * on the grid leaves that much room in the bound on their norms. Deviation 0 changes no bit. UPDATE_INVALID for
 * values that are not finite.
 */
export function addGaussian(
  values: Float64Array,
  deviation: number,
  randomBytes: RandomBytes,
): void {
  if (!(deviation >= 0 && deviation < Infinity))
    throw new RangeError(`addGaussian: ${deviation} is no standard deviation`);
  if (deviation === 0) return;
  const step = gridStepOf(deviation, BITS);
  ontoGrid(values, step, values);
  addNormal(values, BITS, randomBytes);
  for (let i = 0; i < values.length; i++) values[i]! *= step;
}
