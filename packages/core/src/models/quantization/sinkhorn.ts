/**
 * The same assignment as `sinkhornCodes`, in doubles, for any number of rows: distances [n * codes] to
 * the code of each row, [n].
 */
export function sinkhornRows(
  distances: Float64Array,
  numCodes: number,
  { epsilon, iterations }: { readonly epsilon: number; readonly iterations: number },
): Int32Array {
  const n = distances.length / numCodes;
  let [high, low] = [-Infinity, Infinity];
  for (const distance of distances) {
    high = Math.max(high, distance);
    low = Math.min(low, distance);
  }
  const middle = (high + low) / 2;
  const log = distances.map((d) => -(d - middle) / (high - middle + 1e-5) / epsilon);
  for (let iteration = 0; iteration < iterations; iteration++) {
    for (let i = 0; i < n; i++) normalise(log, i * numCodes, 1, numCodes);
    for (let k = 0; k < numCodes; k++) normalise(log, k, numCodes, n);
  }
  return Int32Array.from({ length: n }, (_, i) => {
    let best = 0;
    for (let k = 1; k < numCodes; k++)
      if (log[i * numCodes + k]! > log[i * numCodes + best]!) best = k;
    return best;
  });
}

/** Subtracts the logarithm of the sum of exponentials from `count` entries, `stride` apart. */
function normalise(log: Float64Array, start: number, stride: number, count: number): void {
  let high = -Infinity;
  for (let i = 0; i < count; i++) high = Math.max(high, log[start + i * stride]!);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.exp(log[start + i * stride]! - high);
  const shift = high + Math.log(sum);
  for (let i = 0; i < count; i++) log[start + i * stride]! -= shift;
}
