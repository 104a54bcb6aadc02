import { sameShape } from "../onnx/graph.ts";
import type { Fusion } from "../onnx/rewrite.ts";
import { eitherOrder, inputsOf, outputOf, reshaped } from "./match.ts";

/**
 * a + (-b) = a - b, -(-a) = a, and (-a) b = -(a b), which lets the sign of a product reach a sum. jax-js
 * has no subtraction.
 */
export const subtraction: Fusion = ({ graph, node }) => {
  const { shape, dtype } = outputOf(node);
  const twice = node.operator === "Neg" ? inputsOf(graph, node.inputs[0], "Neg") : undefined;
  if (twice !== undefined) return [twice[0]!];
  for (const [a, b] of node.operator === "Add" ? eitherOrder(node.inputs) : []) {
    const direct = inputsOf(graph, b, "Neg")?.[0];
    if (direct !== undefined) return [graph.node("Sub", [a, direct], shape, dtype)];
    const before = inputsOf(graph, b, "Reshape")?.[0];
    const hidden = inputsOf(graph, before, "Neg")?.[0];
    if (hidden !== undefined)
      return [graph.node("Sub", [a, reshaped(graph, hidden, b.shape)], shape, dtype)];
  }
  for (const [a, b] of node.operator === "Mul" ? eitherOrder(node.inputs) : []) {
    const positive = inputsOf(graph, a, "Neg")?.[0];
    if (positive === undefined || !sameShape(a.shape, shape)) continue;
    return [graph.node("Neg", [graph.node("Mul", [positive, b], shape, dtype)], shape, dtype)];
  }
  return undefined;
};
