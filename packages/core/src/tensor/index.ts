/**
 * Programs: functions in the JAX style, traced by jax-js and lowered to ONNX.
 *
 * How to write a function for `compile`:
 * - take `np.Array`s from the inputs record and return a record of `np.Array`s, all of static shape;
 * - use arrays as often as you like. jax-js's rule that an operation consumes its operands is off
 *   while tracing; `.ref` is allowed and does nothing, `.dispose()` is not needed;
 * - never read values (`.js()`, `.data()`, `if (x > 0)`): there are none yet. Branch with `np.where`;
 * - numbers, and `np.array(...)` made while tracing, become constants of the program;
 * - comparisons give bool: `.astype(np.float32)` before returning or multiplying them;
 * - a plain number takes the type of the array it meets: int32 times 0.5 is int32 times 0. Cast first;
 * - use numerically stable forms: `exp` of a large number is infinite here too. `np.where` around an
 *   infinite branch still differentiates both: mask the operand, not the result. The slopes of
 *   `nn.sigmoid`, `silu`, `softplus` and `mish` are finite when compiled (not on `jaxExecutor`, which runs
 *   them as jax-js writes them); those of `logSigmoid`, `elu` and `selu` pass through `exp(|x|)`, infinite beyond 88,
 *   and that of `np.power(x, 3)` through `log(|x|)`;
 * - at a tie, `nn.relu` and `np.maximum(x, 0)` have slope 1 (PyTorch: 0);
 * - no random numbers: draw masks outside and pass them as inputs;
 * - `vmap`, `jit`, `jvp`, `grad` and their compositions may be used inside.
 */
export {
  compile,
  compileWithGradient,
  type CompileOptions,
  type GradientOptions,
} from "./compile.ts";
export {
  constant,
  kaimingUniform,
  linearDefault,
  normalInit,
  ones,
  uniformInit,
  xavierNormal,
  xavierUniform,
  zeros,
} from "./initialisers.ts";
export { chunkName, chunksFor, chunkSpecs, chunkWindows } from "./chunks.ts";
export { explain } from "./explain.ts";
export { jaxExecutor, type JaxDevice, type JaxExecutorOptions } from "./jax-executor.ts";
export { supportedPrimitives } from "./lowering/rules.ts";
export { emitForAnyBatch, type TwoSizes } from "./onnx/any-batch.ts";
export { graphBuilder, type GraphBuilder } from "./onnx/builder.ts";
export {
  ANY_SIZE,
  type ElementType,
  type Graph,
  type Port,
  type Value,
  type Attributes,
  type GraphNode,
  type ConstantData,
  type Attribute,
} from "./onnx/graph.ts";
export { readModel, type ReadModel, type ReadNode, type ReadTensor } from "./onnx/reader.ts";
export { withoutDeadCode } from "./onnx/rewrite.ts";
export { writeModel } from "./onnx/writer.ts";
export {
  initialise,
  parameterLayout,
  view,
  windows,
  type Initialiser,
  type ParameterLayout,
  type ExpertFactor,
  type ModelPart,
  type ParameterRole,
  type ParameterSpec,
  type ParameterView,
} from "./parameters.ts";
export { checkBinding, checkRunInputs, releasedError, tensorSize } from "./run-inputs.ts";
export { atTwoSizes } from "./two-sizes.ts";
export type {
  BoundProgram,
  Executor,
  LoadedProgram,
  NamedTensors,
  Program,
  TensorData,
  TensorFunction,
  TensorSpec,
} from "./types.ts";
