import type { GraphBuilder } from "../onnx/builder.ts";
import { sameShape, type Value } from "../onnx/graph.ts";
import type { Fusion } from "../onnx/rewrite.ts";
import { eitherOrder, inputsOf, outputOf, pairsOf, plusNumber } from "./match.ts";

/**
 * 1 / (1 + e), e = exp(-x), is Sigmoid(x) = s. Its transposed derivative comes as e (s^2 g), which is
 * infinity times zero for x < -88, and becomes g s (1 - s).
 */
export const sigmoid: Fusion = ({ graph, node }) => {
  const { shape, dtype } = outputOf(node);
  if (node.operator === "Reciprocal") {
    const x = exponentOf(graph, plusNumber(graph, node.inputs[0]!, 1));
    return x && [graph.node("Sigmoid", [x], shape, dtype)];
  }
  if (node.operator !== "Mul") return undefined;
  for (const [e, rest] of eitherOrder(node.inputs)) {
    const x = exponentOf(graph, e);
    if (x === undefined) continue;
    for (const [square, g] of pairsOf(graph, rest, "Mul")) {
      const [s, again] = inputsOf(graph, square, "Mul") ?? [];
      if (s === undefined || s !== again || inputsOf(graph, s, "Sigmoid")?.[0] !== x) continue;
      if (!sameShape(s.shape, shape)) continue;
      const slope = graph.node("Mul", [s, oneMinus(graph, s)], shape, dtype);
      return [graph.node("Mul", [g, slope], shape, dtype)];
    }
  }
  return undefined;
};

/** x, where `e` is exp(-x). */
function exponentOf(graph: GraphBuilder, e: Value | undefined): Value | undefined {
  return inputsOf(graph, inputsOf(graph, e, "Exp")?.[0], "Neg")?.[0];
}

function oneMinus(graph: GraphBuilder, s: Value): Value {
  return graph.node("Sub", [graph.scalar(1, "float32"), s], s.shape, s.dtype);
}
