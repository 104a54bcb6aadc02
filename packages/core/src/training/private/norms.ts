/** Whether all squared norms are numbers. */
export function finiteNorms(squares: Float32Array): boolean {
  for (let i = 0; i < squares.length; i++) if (!(squares[i]! < Infinity)) return false;
  return true;
}

/**
 * How many of the first `units` units have gradients that clipping left as they were, from their squared
 * norms [units * numGroups]. Flat: the norm over all groups is within the bound; per layer: each group's.
 */
export function countUnclipped(
  squares: Float32Array,
  options: {
    readonly units: number;
    readonly numGroups: number;
    readonly bound: number;
    readonly clipping: "flat" | "per-layer";
  },
): number {
  const { units, numGroups, bound, clipping } = options;
  const most = bound * bound;
  let count = 0;
  for (let u = 0; u < units; u++) {
    let sum = 0;
    let largest = 0;
    for (let g = 0; g < numGroups; g++) {
      const square = squares[u * numGroups + g]!;
      sum += square;
      if (square > largest) largest = square;
    }
    if ((clipping === "flat" ? sum : largest) <= most) count++;
  }
  return count;
}
