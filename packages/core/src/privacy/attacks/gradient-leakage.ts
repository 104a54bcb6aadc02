/**
 * The input of a linear layer, from the gradients of its weights and bias over one example. For y = x W + b,
 *
 *   dW = x d^T,   db = d,   so   x = dW d / |d|^2,
 *
 * and whatever both are scaled by, such as a learning rate, cancels (Phong et al. 2018, "Privacy-preserving deep
 * learning via additively homomorphic encryption", section 3). Over several examples it is their mean, weighted by
 * how much each pulls. Undefined where the bias did not move: then nothing passed through the layer.
 *
 * @param weight [inputs * outputs], row-major
 * @param bias [outputs]
 */
export function inputOfLinear(weight: Float32Array, bias: Float32Array): Float64Array | undefined {
  const outputs = bias.length;
  const square = bias.reduce((sum, value) => sum + value * value, 0);
  if (square === 0) return undefined;
  const input = new Float64Array(weight.length / outputs);
  for (let i = 0; i < input.length; i++) {
    let product = 0;
    for (let o = 0; o < outputs; o++) product += weight[i * outputs + o]! * bias[o]!;
    input[i] = product / square;
  }
  return input;
}

/**
 * The label of one example, from the gradient of the output's bias: cross-entropy of a logit has the gradient
 * p - y, which is below 0 for a positive one alone.
 */
export function labelOfBias(gradient: number): 0 | 1 {
  return gradient < 0 ? 1 : 0;
}

/** Rows of a table that are not where they were: with one example, those of its values. */
export function movedRows(movements: Float64Array): number[] {
  return [...movements.keys()].filter((row) => movements[row]! > 0);
}

/** The cosine of two vectors: 1 where one is a positive multiple of the other. NaN where one is all 0. */
export function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [product, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    squareA += a[i]! * a[i]!;
    squareB += b[i]! * b[i]!;
  }
  return product / Math.sqrt(squareA * squareB);
}
