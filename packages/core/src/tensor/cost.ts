import type { ReadModel, ReadNode, ReadTensor } from "./onnx/reader.ts";

/** The work of an operator: floating-point operations, and bytes read and written. */
export interface Cost {
  readonly flops: number;
  readonly bytes: number;
}

type Shapes = readonly (readonly number[])[];

/** Flops of an operator from its input shapes, output shapes and attributes. */
type Flops = (inputs: Shapes, outputs: Shapes, attributes: ReadNode["attributes"]) => number;

const count = (shape: readonly number[] | undefined): number =>
  (shape ?? []).reduce((product, size) => product * size, 1);

/** Two for each term of each sum. The summed axis is the last of the left operand, or the one before. */
const product: Flops = ([left], [out], { transA }) =>
  2 * count(out) * (left?.at(transA === 1 ? -2 : -1) ?? 1);

/** As a product, and one for each element of a bias. */
const productAndBias: Flops = (inputs, outputs, attributes) =>
  product(inputs, outputs, attributes) + (inputs.length > 2 ? count(outputs[0]) : 0);

/** Two for each element of the filter that an output element sees. */
const convolution: Flops = ([, filters], [out]) => 2 * count(out) * count(filters?.slice(1));

const none: Flops = () => 0;
const perInput =
  (operations: number): Flops =>
  ([input]) =>
    operations * count(input);
/** Comparisons of a sort along the last axis: n log2 n. */
const sorting: Flops = ([input]) => count(input) * Math.ceil(Math.log2(input?.at(-1) ?? 1));

/** Operators that are not one operation for each output element. */
const families: Readonly<Record<string, Flops>> = {
  Cast: none,
  Concat: none,
  Conv: convolution,
  Expand: none,
  FusedGemm: productAndBias,
  FusedMatMul: product,
  Gather: none,
  Gemm: productAndBias,
  Identity: none,
  // Mean, difference, square, mean, inverse root, product, scale and shift.
  LayerNormalization: perInput(8),
  MatMul: product,
  Pad: none,
  ReduceMax: perInput(1),
  ReduceMean: perInput(1),
  ReduceMin: perInput(1),
  ReduceProd: perInput(1),
  ReduceSum: perInput(1),
  Reshape: none,
  ScatterElements: ([, , updates]) => count(updates),
  Slice: none,
  // Largest, difference, exponential, sum and quotient.
  LogSoftmax: perInput(5),
  Softmax: perInput(5),
  Split: none,
  TopK: sorting,
  Transpose: none,
};

/** Operators that ONNX Runtime runs by looking at the same memory in another shape. */
const views: ReadonlySet<string> = new Set(["Reshape"]);

/** Operators that read no more of their first input than they write. */
const selections: ReadonlySet<string> = new Set(["Gather", "Slice"]);

/** Bytes of an element, by TensorProto.DataType. */
const widths: Readonly<Record<number, number>> = { 1: 4, 6: 4, 7: 8, 9: 1 };

const sizeOf = ({ shape, elementType }: ReadTensor): number =>
  count(shape) * (widths[elementType] ?? 4);

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/**
 * What a node costs when every operator reads its inputs and writes its outputs once:
 *
 * - products (Gemm, MatMul): 2 m n k; convolutions: 2 for each output element and filter element;
 * - reductions: one for each element reduced; sorting: n log2 n comparisons;
 * - softmax: 5 for each element, layer normalisation: 8;
 * - every other operator: one for each output element, an exponential like an addition;
 * - what only moves data (Transpose, Concat, Gather, Cast, ...): none. Reshape moves no bytes either.
 */
export function costOf(node: ReadNode, tensors: ReadModel["tensors"]): Cost {
  const known = (names: readonly string[]) => names.flatMap((name) => tensors.get(name) ?? []);
  const [inputs, outputs] = [known(node.inputs), known(node.outputs)];
  const shapes = (list: readonly ReadTensor[]) => list.map(({ shape }) => shape);
  const perOutput: Flops = (_, results) => sum(results.map(count));
  const flops = families[node.operator] ?? perOutput;
  const written = sum(outputs.map(sizeOf));
  const read = selections.has(node.operator)
    ? written + sum(inputs.slice(1).map(sizeOf))
    : sum(inputs.map(sizeOf));
  return {
    flops: flops(shapes(inputs), shapes(outputs), node.attributes),
    bytes: views.has(node.operator) ? 0 : read + written,
  };
}

export function totalCost(costs: readonly Cost[]): Cost {
  return {
    flops: sum(costs.map(({ flops }) => flops)),
    bytes: sum(costs.map(({ bytes }) => bytes)),
  };
}
