import type { Fusion } from "../onnx/rewrite.ts";
import { bias } from "./bias.ts";
import { constants } from "./constants.ts";
import { maskedGradient } from "./masked-softmax.ts";
import { relu, reluGradient } from "./relu.ts";
import { repeatedTerms } from "./repeated-terms.ts";
import { reshapes } from "./reshapes.ts";
import { scale } from "./scale.ts";
import { sigmoid } from "./sigmoid.ts";
import { softmax } from "./softmax.ts";
import { softplus } from "./softplus.ts";
import { splitSum } from "./split-sum.ts";
import { squares } from "./squares.ts";
import { sums } from "./sums.ts";
import { subtraction } from "./subtraction.ts";
import { tanh } from "./tanh.ts";
import { productSquares, turnedProduct, weightedProducts } from "./unit-products.ts";

/** Every fusion, in the order in which they run over the graph. Adding one adds one line. */
export const fusions = {
  constants,
  subtraction,
  sigmoid,
  softplus,
  tanh,
  softmax,
  maskedGradient,
  relu,
  reluGradient,
  bias,
  repeatedTerms,
  squares,
  productSquares,
  weightedProducts,
  turnedProduct,
  sums,
  scale,
  splitSum,
  reshapes,
  constantsLeft: constants,
} as const satisfies Readonly<Record<string, Fusion>>;
