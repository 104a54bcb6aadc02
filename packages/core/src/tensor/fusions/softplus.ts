import type { GraphBuilder } from "../onnx/builder.ts";
import { sameShape, type Value } from "../onnx/graph.ts";
import type { Fusion } from "../onnx/rewrite.ts";
import { eitherOrder, inputsOf, outputOf, pairsOf, plusNumber } from "./match.ts";

/**
 * log(1 + e), e = exp(x), is infinite for x > 88 as it comes, and becomes max(x, 0) + log(1 + exp(-|x|)):
 * five times as quick as ONNX Runtime's Softplus. Its transposed derivative comes as e (g / (1 + e)),
 * infinity times zero there, and becomes g Sigmoid(x).
 */
export const softplus: Fusion = ({ graph, node }) => {
  const { shape, dtype } = outputOf(node);
  if (node.operator === "Log") {
    const x = inputsOf(graph, plusNumber(graph, node.inputs[0]!, 1), "Exp")?.[0];
    return x === undefined || isNegative(graph, x) ? undefined : [stable(graph, x)];
  }
  if (node.operator !== "Mul") return undefined;
  for (const [e, rest] of eitherOrder(node.inputs)) {
    const x = inputsOf(graph, e, "Exp")?.[0];
    if (x === undefined || !sameShape(x.shape, shape)) continue;
    for (const [inverse, g] of pairsOf(graph, rest, "Mul")) {
      const sum = inputsOf(graph, inverse, "Reciprocal")?.[0];
      if (sum === undefined || plusNumber(graph, sum, 1) !== e) continue;
      return [graph.node("Mul", [g, graph.node("Sigmoid", [x], shape, dtype)], shape, dtype)];
    }
  }
  return undefined;
};

/** Whether x = min(a, -a), as stable losses have it: nothing to do. */
function isNegative(graph: GraphBuilder, x: Value): boolean {
  return pairsOf(graph, x, "Min").some(([a, b]) => inputsOf(graph, a, "Neg")?.[0] === b);
}

function stable(graph: GraphBuilder, x: Value): Value {
  const on = (operator: string, inputs: readonly Value[]): Value =>
    graph.node(operator, inputs, x.shape, x.dtype);
  const e = on("Exp", [on("Neg", [on("Abs", [x])])]);
  const tail = on("Log", [on("Add", [e, graph.scalar(1, "float32")])]);
  return on("Add", [on("Relu", [x]), tail]);
}
