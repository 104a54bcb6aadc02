import type { Fusion } from "../onnx/rewrite.ts";
import { inputsOf, outputOf, reshaped, source } from "./match.ts";

/** sum(x x) = ReduceSumSquare(x), where nothing else reads the squares. */
export const squares: Fusion = ({ graph, node, uses }) => {
  if (node.operator !== "ReduceSum") return undefined;
  const [x, axes] = [node.inputs[0]!, node.inputs[1]!];
  const product = source(graph, x);
  const factors = inputsOf(graph, product, "Mul");
  if (factors === undefined || factors[0] !== factors[1]) return undefined;
  if (uses(x) !== 1 || uses(product) !== 1) return undefined;
  const { shape, dtype } = outputOf(node);
  const base = reshaped(graph, factors[0]!, x.shape);
  return [graph.node("ReduceSumSquare", [base, axes], shape, dtype, node.attributes)];
};
