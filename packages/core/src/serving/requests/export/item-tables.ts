import type { KeptUserModel } from "../../../methods/index.ts";

/** Some items, by number. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Vectors of items, [end - start, width]: their public vectors through a projection W [publicWidth, width]
 * with their learned ones, those of them that there are. Sums are doubles, rounded once.
 */
export function projectedItems(
  { sizes: { width, publicWidth }, rows, publicVectors, parameters }: KeptUserModel,
  projection: string,
  { start, end }: Stretch,
): Float32Array {
  const out = new Float32Array((end - start) * width);
  if (rows !== undefined) out.set(rows.subarray(start * width, end * width));
  if (publicVectors === undefined) return out;
  const matrix = parameters[projection]!;
  const sum = new Float64Array(width);
  for (let item = start; item < end; item++) {
    const at = (item - start) * width;
    for (let k = 0; k < width; k++) sum[k] = out[at + k]!;
    for (let p = 0; p < publicWidth; p++) {
      const value = publicVectors[item * publicWidth + p]!;
      if (value !== 0) for (let k = 0; k < width; k++) sum[k]! += value * matrix[p * width + k]!;
    }
    out.set(sum, at);
  }
  return out;
}
