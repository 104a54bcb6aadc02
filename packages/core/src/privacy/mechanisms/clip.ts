import { AtollError } from "../../errors/index.ts";

/** Arrays of one contribution, by name. */
export type NamedArrays = Readonly<Record<string, Float32Array | Float64Array>>;

/** Squares of magnitudes between these neither overflow nor vanish beside the largest. */
const SAFE = 2 ** 480;

/**
 * Euclidean norm of all arrays together, to one unit in the last place: squares are added with their
 * rounding errors, after a scaling by a power of two where they could overflow or vanish. UPDATE_INVALID,
 * with the array's name, for what is not finite.
 */
export function normOf(arrays: NamedArrays): number {
  const largest = largestOf(arrays);
  if (largest === 0) return 0;
  const scale = largest > SAFE ? 2 ** -544 : largest < 1 / SAFE ? 2 ** 594 : 1;
  let sum = 0;
  let rest = 0;
  for (const values of Object.values(arrays)) {
    const single = values instanceof Float32Array && scale === 1;
    for (let i = 0; i < values.length; i++) {
      const x = values[i]! * scale;
      const square = x * x;
      if (!single) {
        // Veltkamp and Dekker: the square's own rounding error, exactly.
        const carried = x * 134217729;
        const high = carried - (carried - x);
        const low = x - high;
        rest += low * low - (square - high * high - 2 * high * low);
      }
      // Knuth's exact sum.
      const next = sum + square;
      const part = next - sum;
      rest += sum - (next - part) + (square - part);
      sum = next;
    }
  }
  return Math.sqrt(sum + rest) / scale;
}

function largestOf(arrays: NamedArrays): number {
  let largest = 0;
  for (const [name, values] of Object.entries(arrays))
    for (let i = 0; i < values.length; i++) {
      const size = Math.abs(values[i]!);
      if (!(size < Infinity))
        throw new AtollError(
          "UPDATE_INVALID",
          `array "${name}" holds ${values[i]} at ${i}, which no bound on norms can clip; lower the learning rate or leave this contribution out`,
        );
      if (size > largest) largest = size;
    }
  return largest;
}

/** min(1, bound / norm): what a contribution is scaled by; 1 for a norm of 0 and for no bound. */
export function clipFactor(norm: number, bound: number): number {
  if (!(bound > 0)) throw new RangeError(`clipFactor: a bound of ${bound} is not positive`);
  if (!(norm >= 0)) throw new RangeError(`clipFactor: a norm of ${norm} is no norm`);
  return norm <= bound ? 1 : bound / norm;
}

export interface ClipOptions {
  /** Infinity: nothing is scaled. */
  readonly bound: number;
  /** `per-layer`: each array by itself, to bound / sqrt(arrays). */
  readonly clipping?: "flat" | "per-layer";
}

/**
 * Scales a contribution in place so that its norm, worked out exactly, is at most the bound, whatever rounding
 * does. True where it was within the bound, and every array is bit for bit as it was; a norm that rounding does
 * not tell from the bound counts as beyond.
 */
export function clip(arrays: NamedArrays, options: ClipOptions): boolean {
  const { bound, clipping = "flat" } = options;
  if (clipping === "flat") return clipTogether(arrays, bound);
  const names = Object.keys(arrays);
  // A little less, so that the squares of all shares do not add up to more by rounding.
  const share = (bound / Math.sqrt(names.length)) * (1 - 2 ** -50);
  let within = true;
  for (const name of names) if (!clipTogether({ [name]: arrays[name]! }, share)) within = false;
  return within;
}

function clipTogether(arrays: NamedArrays, bound: number): boolean {
  const norm = normOf(arrays);
  const factor = clipFactor(norm, bound);
  if (norm < bound || bound === Infinity) return true;
  scale(arrays, factor);
  const single = Object.values(arrays).some((values) => values instanceof Float32Array);
  const reserve = single ? 2 ** -22 : 2 ** -50;
  let after = normOf(arrays);
  // Rounding has added at most half of the reserve, but for numbers near the least that there are.
  if (after >= bound) scale(arrays, (bound / after) * (1 - reserve));
  for (after = normOf(arrays); after >= bound; after = normOf(arrays)) scale(arrays, 1 / 2);
  return false;
}

function scale(arrays: NamedArrays, factor: number): void {
  for (const values of Object.values(arrays))
    for (let i = 0; i < values.length; i++) values[i]! *= factor;
}
