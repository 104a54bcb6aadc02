import { ontoGrid } from "./grid.ts";

/** Integers modulo 2^bits that stand for multiples of `step`. */
export interface ModularGrid {
  readonly step: number;
  /** 1 to 32. */
  readonly bits: number;
}

export interface EncodeOptions extends ModularGrid {
  /** Adds integer noise in place, before the sum wraps around. */
  readonly addNoise?: (integers: Float64Array) => void;
}

/**
 * The values in steps, truncated towards zero so that no norm grows, plus noise, modulo 2^bits: the
 * representatives are those of [-2^(bits - 1), 2^(bits - 1)).
 */
export function encodeModular(
  values: Float32Array | Float64Array,
  options: EncodeOptions,
): Int32Array {
  const { step, bits, addNoise } = options;
  const shift = shiftOf(bits);
  const integers = ontoGrid(values, step);
  addNoise?.(integers);
  const encoded = new Int32Array(values.length);
  for (let i = 0; i < encoded.length; i++) {
    // Beyond 2^53 the last bits, which are all that the wire has, are gone.
    if (!Number.isSafeInteger(integers[i]!))
      throw new RangeError(
        `encodeModular: the value at ${i} is ${integers[i]} steps, beyond 2^53; clip it first`,
      );
    encoded[i] = (integers[i]! << shift) >> shift;
  }
  return encoded;
}

/** `target += values` modulo 2^bits, in place. */
export function addModular(target: Int32Array, values: Int32Array, bits: number): void {
  const shift = shiftOf(bits);
  if (target.length !== values.length)
    throw new RangeError(
      `addModular: ${values.length} values do not add to ${target.length} of the sum`,
    );
  for (let i = 0; i < target.length; i++) target[i] = ((target[i]! + values[i]!) << shift) >> shift;
}

/** The multiples of the step: right for sums within [-2^(bits - 1), 2^(bits - 1)) steps. */
export function decodeModular(sum: Int32Array, { step, bits }: ModularGrid): Float64Array {
  const shift = shiftOf(bits);
  return Float64Array.from(sum, (integer) => ((integer << shift) >> shift) * step);
}

/** By which the bits that count come to stand at the top. */
function shiftOf(bits: number): number {
  if (!Number.isInteger(bits) || bits < 1 || bits > 32)
    throw new RangeError(`integers modulo 2^${bits}: bits are 1 to 32`);
  return 32 - bits;
}
