export { relu } from "./activations.ts";
export { arrayOf, type Arrays } from "./arrays.ts";
export { batchNorm, type BatchNorm, type NormInputs } from "./batch-norm.ts";
export { crossNetwork, type CrossNetwork } from "./cross.ts";
export { linear, type Linear, type LinearOptions } from "./linear.ts";
export { binaryCrossEntropyWithLogits } from "./losses.ts";
export { mlp, type Mlp, type MlpOptions } from "./mlp.ts";
export { pairwiseProducts } from "./pairwise.ts";
