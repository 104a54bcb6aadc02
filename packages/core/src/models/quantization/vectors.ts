/** The squared Euclidean distance of row i of `a` to row j of `b`. */
export function squaredDistance(
  a: Float32Array,
  i: number,
  b: Float32Array,
  j: number,
  width: number,
): number {
  let sum = 0;
  const [from, to] = [i * width, j * width];
  for (let k = 0; k < width; k++) sum += (a[from + k]! - b[to + k]!) ** 2;
  return sum;
}

/** The row of `codes` next to row i of `vectors`; of equal ones the first. */
export function nearestRow(
  vectors: Float32Array,
  i: number,
  codes: Float32Array,
  width: number,
): number {
  let best = 0;
  let least = Infinity;
  const numCodes = codes.length / width;
  for (let code = 0; code < numCodes; code++) {
    const distance = squaredDistance(vectors, i, codes, code, width);
    if (distance < least) {
      least = distance;
      best = code;
    }
  }
  return best;
}
