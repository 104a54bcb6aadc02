/** The squared Euclidean distance of row i of `a` to row j of `b`. */
export function squaredDistance(
  a: Float32Array,
  i: number,
  b: Float32Array,
  j: number,
  width: number,
): number {
  const from = i * width;
  const to = j * width;
  let sum = 0;
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
  const numCodes = codes.length / width;
  const start = i * width;
  let best = 0;
  let least = Infinity;
  let code = 0;
  // Four codes at a time: each number of the vector is loaded once for all of them.
  for (; code + 4 <= numCodes; code += 4) {
    const c0 = code * width;
    const c1 = c0 + width;
    const c2 = c1 + width;
    const c3 = c2 + width;
    let d0 = 0;
    let d1 = 0;
    let d2 = 0;
    let d3 = 0;
    for (let k = 0; k < width; k++) {
      const value = vectors[start + k]!;
      const e0 = value - codes[c0 + k]!;
      const e1 = value - codes[c1 + k]!;
      const e2 = value - codes[c2 + k]!;
      const e3 = value - codes[c3 + k]!;
      d0 += e0 * e0;
      d1 += e1 * e1;
      d2 += e2 * e2;
      d3 += e3 * e3;
    }
    const nearest = Math.min(d0, d1, d2, d3);
    if (nearest < least) {
      least = nearest;
      best = code + (nearest === d0 ? 0 : nearest === d1 ? 1 : nearest === d2 ? 2 : 3);
    }
  }
  for (; code < numCodes; code++) {
    const distance = squaredDistance(vectors, i, codes, code, width);
    if (distance < least) {
      least = distance;
      best = code;
    }
  }
  return best;
}
