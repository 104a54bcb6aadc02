import type { GraphBuilder } from "../onnx/builder.ts";
import { sameShape, type Value } from "../onnx/graph.ts";
import type { Fusion } from "../onnx/rewrite.ts";
import { softmaxOf } from "./masked-softmax.ts";
import { axisOfRows, eitherOrder, inputsOf, pairsOf, reducesRows, source } from "./match.ts";

/** e = exp(x - max x) along an axis. */
interface Exponentials {
  readonly e: Value;
  readonly x: Value;
  readonly axis: number;
}

/**
 * exp(x - max x) / sum exp(x - max x) is one Softmax, p; and its transposed derivative, which comes
 * as the quotient rule on e and s = sum e, e (g / s - sum(e g) / s^2), is p (g - sum(p g)).
 */
export const softmax: Fusion = ({ graph, node }) => {
  if (node.operator !== "Mul") return undefined;
  for (const [e, factor] of eitherOrder(node.inputs)) {
    const found = exponentials(graph, e);
    if (found === undefined || !sameShape(node.outputs[0]!.shape, e.shape)) continue;
    const { x, axis } = found;
    if (axisOfRows(factor, e.shape) === axis && isReciprocalOfSum(graph, factor, found))
      return [softmaxOf(graph, x, axis)];
    const g = quotientRule(graph, factor, found);
    if (g !== undefined) return [derivative(graph, softmaxOf(graph, x, axis), g, axis)];
  }
  return undefined;
};

function exponentials(graph: GraphBuilder, e: Value): Exponentials | undefined {
  const shifted = inputsOf(graph, e, "Exp")?.[0];
  const difference = inputsOf(graph, shifted, "Sub");
  if (difference === undefined) return undefined;
  const [x, largest] = [difference[0]!, difference[1]!];
  const axis = axisOfRows(largest, x.shape);
  if (
    axis === undefined ||
    !reducesRows(graph, largest, "ReduceMax", { of: x, shape: x.shape, axis })
  )
    return undefined;
  return { e, x, axis };
}

/** Whether `value` is 1 / sum e, whatever its shape. */
function isReciprocalOfSum(graph: GraphBuilder, value: Value, { e, axis }: Exponentials): boolean {
  const sum = inputsOf(graph, source(graph, value), "Reciprocal")?.[0];
  return sum !== undefined && reducesRows(graph, sum, "ReduceSum", { of: e, shape: e.shape, axis });
}

/** g, where `value` is g / s - sum(e g) / s^2. */
function quotientRule(graph: GraphBuilder, value: Value, found: Exponentials): Value | undefined {
  const difference = inputsOf(graph, value, "Sub");
  if (difference === undefined) return undefined;
  const { e, axis } = found;
  const rows = difference[1]!;
  if (!sameShape(difference[0]!.shape, e.shape) || axisOfRows(rows, e.shape) !== axis)
    return undefined;
  for (const [g, inverse] of pairsOf(graph, difference[0], "Mul")) {
    if (axisOfRows(inverse, e.shape) !== axis || !isReciprocalOfSum(graph, inverse, found))
      continue;
    for (const [square, total] of pairsOf(graph, source(graph, rows), "Mul")) {
      const factors = inputsOf(graph, source(graph, square), "Mul");
      if (!factors?.every((factor) => isReciprocalOfSum(graph, factor, found))) continue;
      if (isSumOfProduct(graph, total, g, found)) return g;
    }
  }
  return undefined;
}

/** Whether `value` is sum(e g) along the axis. */
function isSumOfProduct(
  graph: GraphBuilder,
  value: Value,
  g: Value,
  { e, axis }: Exponentials,
): boolean {
  const summed = inputsOf(graph, source(graph, value), "ReduceSum")?.[0];
  if (summed === undefined) return false;
  const product = source(graph, summed);
  const matches = pairsOf(graph, product, "Mul").some(
    ([a, b]) =>
      source(graph, a) === source(graph, e) &&
      source(graph, b) === source(graph, g) &&
      sameShape(a.shape, b.shape),
  );
  return matches && reducesRows(graph, value, "ReduceSum", { of: product, shape: e.shape, axis });
}

function derivative(graph: GraphBuilder, p: Value, g: Value, axis: number): Value {
  const { shape, dtype } = p;
  const rows = shape.map((size, i) => (i === axis ? 1 : size));
  const product = graph.node("Mul", [p, g], shape, dtype);
  const sum = graph.node("ReduceSum", [product, graph.integers([axis])], rows, dtype, {
    keepdims: { kind: "int", value: 1 },
  });
  return graph.node("Mul", [p, graph.node("Sub", [g, sum], shape, dtype)], shape, dtype);
}
