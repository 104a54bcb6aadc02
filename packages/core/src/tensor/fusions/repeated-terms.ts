import { elements } from "../onnx/graph.ts";
import type { Fusion } from "../onnx/rewrite.ts";
import { eitherOrder, outputOf, pairsOf, reshaped, source } from "./match.ts";

/**
 * a + t + t = a + 2 t, where t = r x and r has fewer elements: the two is a factor of r. Squares
 * differentiate to such sums.
 */
export const repeatedTerms: Fusion = ({ graph, node, uses }) => {
  if (node.operator !== "Add") return undefined;
  const { shape, dtype } = outputOf(node);
  for (const [sum, term] of eitherOrder(node.inputs)) {
    if (uses(sum) !== 1) continue;
    for (const [rest, again] of pairsOf(graph, sum, "Add")) {
      const product = source(graph, term);
      if (source(graph, again) !== product) continue;
      for (const [small, x] of pairsOf(graph, product, "Mul")) {
        if (elements(small.shape) * 2 > elements(x.shape)) continue;
        const two = graph.constant(
          Float32Array.of(2),
          small.shape.map(() => 1),
          "float32",
        );
        const doubled = graph.node("Mul", [small, two], small.shape, dtype);
        const twice = graph.node("Mul", [doubled, x], product.shape, dtype);
        return [graph.node("Add", [rest, reshaped(graph, twice, again.shape)], shape, dtype)];
      }
    }
  }
  return undefined;
};
