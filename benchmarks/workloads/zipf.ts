import type { FeatureSchema } from "@atoll/core/data";
import { uniform, type RandomStream } from "@atoll/core/random";

const EXPONENT = 1.05;
/** Coprime to the rows of a field: frequent values must not lie next to each other. */
const SPREAD = 7919;

/** Values of every field for a batch, Zipf-distributed with exponent 1.05, [batchSize, fields]. */
export function zipfRows(
  { categorical }: FeatureSchema,
  batchSize: number,
  random: RandomStream,
): Int32Array {
  const rows = new Int32Array(batchSize * categorical.length);
  categorical.forEach(({ numRows }, f) => {
    const count = numRows - 1; // row 0 is padding
    const cumulative = new Float64Array(count);
    let total = 0;
    for (let k = 0; k < count; k++) cumulative[k] = total += (k + 1) ** -EXPONENT;
    for (let b = 0; b < batchSize; b++) {
      const rank = firstAbove(cumulative, uniform(random) * total);
      rows[b * categorical.length + f] = 1 + ((rank * SPREAD) % count);
    }
  });
  return rows;
}

function firstAbove(cumulative: Float64Array, value: number): number {
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
