import { sharedLength, type Vectors } from "./gram.ts";

/** sum_j w_j v_j, in doubles and in the order given. A vector of weight 0 is not read. */
export function combine(weights: ArrayLike<number>, vectors: Vectors): Float64Array {
  if (weights.length !== vectors.length)
    throw new RangeError(`combine: ${weights.length} weights for ${vectors.length} vectors`);
  const target = new Float64Array(sharedLength(vectors));
  for (let j = 0; j < vectors.length; j++) {
    const weight = weights[j]!;
    if (weight !== 0) addScaled(weight, vectors[j]!, target);
  }
  return target;
}

/** `target += weight * vector`, in place. */
function addScaled(
  weight: number,
  vector: Float32Array | Float64Array,
  target: Float64Array,
): void {
  for (let i = 0; i < target.length; i++) target[i]! += weight * vector[i]!;
}
