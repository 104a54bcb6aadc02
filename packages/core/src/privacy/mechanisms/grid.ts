import { AtollError } from "../../errors/index.ts";

/** Distance of the grid's points, on which noise of this deviation has integers of deviation 2^bits. */
export function gridStepOf(deviation: number, bits: number): number {
  return deviation * 2 ** -bits;
}

/**
 * The values in steps, truncated towards zero, so that no norm grows: integer * step is never beyond the
 * value. UPDATE_INVALID for values that are not finite.
 */
export function ontoGrid(
  values: Float32Array | Float64Array,
  step: number,
  out: Float64Array = new Float64Array(values.length),
): Float64Array {
  if (!(step > 0 && step < Infinity))
    throw new RangeError(`ontoGrid: a step of ${step} is no distance`);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const ratio = value / step;
    const whole = Math.trunc(ratio);
    // True for nearly all; not for NaN, which is unequal to itself.
    out[i] = Math.abs(ratio - whole) > 0 ? whole + 0 : value === 0 ? 0 : exactly(value, step, i);
  }
  return out;
}

/** The quotient where its rounding may have gone up to an integer. */
function exactly(value: number, step: number, index: number): number {
  if (!Number.isFinite(value))
    throw new AtollError(
      "UPDATE_INVALID",
      `the value at ${index} is ${value}, which no noise protects; lower the learning rate or leave this contribution out`,
    );
  const ratio = value / step;
  if (!Number.isFinite(ratio))
    throw new AtollError(
      "UPDATE_INVALID",
      `the value at ${index} is ${value}, which in steps of ${step} is beyond all numbers; lower the learning rate or leave this contribution out`,
    );
  if (Math.abs(ratio) > Number.MAX_SAFE_INTEGER) return ratio * (1 - 2 ** -52);
  // The remainder is exact in floats: the quotient was rounded up where little is missing to a whole step.
  const remainder = Math.abs(value) % step;
  return remainder >= step / 2 ? ratio - Math.sign(ratio) : ratio;
}
