/**
 * The point of the probability simplex nearest to `values`:
 *
 *   w_i = max(0, v_i - theta),  theta such that sum_i w_i = 1
 *
 * Duchi et al. 2008, "Efficient projections onto the l1-ball", figure 1.
 */
export function projectOnSimplex(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values).toSorted((a, b) => b - a);
  let sum = 0;
  let theta = 0;
  for (let i = 0; i < sorted.length; i++) {
    sum += sorted[i]!;
    const candidate = (sum - 1) / (i + 1);
    if (sorted[i]! - candidate > 0) theta = candidate;
  }
  return Float64Array.from(values, (value) => Math.max(0, value - theta));
}
