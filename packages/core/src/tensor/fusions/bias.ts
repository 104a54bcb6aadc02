import { elements } from "../onnx/graph.ts";
import type { Fusion } from "../onnx/rewrite.ts";
import { eitherOrder, outputOf, reshaped, source } from "./match.ts";

/** Larger products are better off with an Add: ONNX Runtime spreads the row over them on one thread. */
const MAX_ELEMENTS = 2 ** 18;

/** A product plus a row that repeats: the third operand of Gemm, which may then take in an activation. */
export const bias: Fusion = ({ graph, node, uses }) => {
  if (node.operator !== "Add") return undefined;
  for (const [sum, row] of eitherOrder(node.inputs)) {
    const product = source(graph, sum);
    const gemm = graph.producer(product);
    if (gemm?.operator !== "Gemm" || gemm.inputs.length > 2) continue;
    if (elements(product.shape) > MAX_ELEMENTS) continue;
    const { shape, dtype } = outputOf(node);
    const columns = product.shape[1]!;
    if (elements(row.shape) !== columns || row.shape.at(-1) !== columns) continue;
    if (shape.at(-1) !== columns) continue;
    if (uses(sum) !== 1 || uses(product) !== 1) continue;
    const inputs = [...gemm.inputs, reshaped(graph, row, [columns])];
    return [
      reshaped(graph, graph.node("Gemm", inputs, product.shape, dtype, gemm.attributes), shape),
    ];
  }
  return undefined;
};
