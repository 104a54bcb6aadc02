export { gelu, relu, sigmoid } from "./activations.ts";
export { arrayOf, type Arrays } from "./arrays.ts";
export { attention, type Attention, type AttentionOptions, type Seen } from "./attention.ts";
export {
  batchNorm,
  STATISTICS_MOMENTUM,
  type BatchNorm,
  type BatchNormOptions,
  type NormInputs,
} from "./batch-norm.ts";
export { crossNetwork, type CrossNetwork } from "./cross.ts";
export { dice, type Dice } from "./dice.ts";
export { dropout, type Dropout, type DropoutInputs, type DropoutSpec } from "./dropout.ts";
export { experts, type Experts, type ExpertsOptions } from "./experts.ts";
export { gatedSum, type GatedSum } from "./gated-sum.ts";
export { innerProducts } from "./inner-products.ts";
export { layerNorm, type LayerNorm } from "./layer-norm.ts";
export { linear, type Linear, type LinearOptions } from "./linear.ts";
export {
  binaryCrossEntropyWithLogits,
  crossEntropies,
  firstOfSoftmax,
  focalLosses,
  logSumExp,
  pairwiseLosses,
  softplus,
  weightedMean,
} from "./losses.ts";
export { mlp, type Mlp, type MlpOptions } from "./mlp.ts";
export { normalisedProduct } from "./normalised-product.ts";
export { pairwiseProducts } from "./pairwise.ts";
export { ofPart, type Declared } from "./part.ts";
export type { TemplateOperator } from "./template.ts";
export {
  templatedExperts,
  type TemplatedExperts,
  type TemplatedExpertsOptions,
} from "./templated-experts.ts";
export {
  transformerBlock,
  type TransformerBlock,
  type TransformerBlockInputs,
  type TransformerBlockOptions,
} from "./transformer-block.ts";
