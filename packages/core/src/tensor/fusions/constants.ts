import type { GraphBuilder } from "../onnx/builder.ts";
import { elementsOf } from "../onnx/builder.ts";
import { elements, type ConstantData, type ElementType } from "../onnx/graph.ts";
import type { Fusion } from "../onnx/rewrite.ts";

/** Larger results stay computed: the file would grow. */
const LARGEST = 1 << 16;

type Evaluate = (operands: readonly number[]) => number;

const truth = (value: boolean): number => (value ? 1 : 0);

/** What element-wise operators do to numbers; truth values are 0 and 1. */
const evaluators: Readonly<Record<string, Evaluate>> = {
  Add: ([a, b]) => a! + b!,
  And: ([a, b]) => truth(a! !== 0 && b! !== 0),
  Cast: ([a]) => a!,
  Equal: ([a, b]) => truth(a === b),
  Less: ([a, b]) => truth(a! < b!),
  LessOrEqual: ([a, b]) => truth(a! <= b!),
  Mul: ([a, b]) => a! * b!,
  Neg: ([a]) => -a!,
  Not: ([a]) => truth(a === 0),
  Or: ([a, b]) => truth(a! !== 0 || b! !== 0),
  Reshape: ([a]) => a!,
  Sub: ([a, b]) => a! - b!,
  Where: ([condition, a, b]) => (condition !== 0 ? a! : b!),
};

/**
 * Computes operators of constants now. ONNX Runtime would do it later; but causal masks come as
 * comparisons of positions, and other fusions must see what they hold.
 */
export const constants: Fusion = ({ graph, node }) => {
  const evaluate = evaluators[node.operator];
  const [output] = node.outputs;
  if (evaluate === undefined || output === undefined) return undefined;
  if (output.dtype === "int64" || elements(output.shape) > LARGEST) return undefined;
  const operands = node.operator === "Reshape" ? node.inputs.slice(0, 1) : node.inputs;
  const data = operands.map((value) => graph.constantData(value));
  if (!data.every((array) => array !== undefined)) return undefined;
  const shapes = node.operator === "Reshape" ? [output.shape] : operands.map(({ shape }) => shape);
  const values = broadcasting(output.shape, shapes, data, evaluate);
  return [constantOf(graph, values, output.shape, output.dtype)];
};

function broadcasting(
  shape: readonly number[],
  shapes: readonly (readonly number[])[],
  data: readonly ConstantData[],
  evaluate: Evaluate,
): number[] {
  const strides = shapes.map((operand) => stridesIn(shape, operand));
  return Array.from({ length: elements(shape) }, (_, position) => {
    const offsets = data.map(() => 0);
    let left = position;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const step = left % shape[axis]!;
      left = (left - step) / shape[axis]!;
      for (const i of offsets.keys()) offsets[i]! += step * strides[i]![axis]!;
    }
    return evaluate(data.map((array, i) => Number(array[offsets[i]!])));
  });
}

/** How far apart neighbours along each axis of `shape` lie in an operand that broadcasts to it. */
function stridesIn(shape: readonly number[], operand: readonly number[]): number[] {
  let stride = 1;
  return shape
    .map((_, i) => operand[i - shape.length + operand.length] ?? 1)
    .toReversed()
    .map((size) => {
      const step = size === 1 ? 0 : stride;
      stride *= size;
      return step;
    })
    .toReversed();
}

function constantOf(
  graph: GraphBuilder,
  values: readonly number[],
  shape: readonly number[],
  dtype: ElementType,
) {
  const whole = dtype === "int32" ? values.map(Math.trunc) : values;
  return graph.constant(elementsOf(dtype, whole), shape, dtype);
}
