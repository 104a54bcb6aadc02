import type { GraphBuilder } from "../onnx/builder.ts";
import { elements, type Value } from "../onnx/graph.ts";
import type { Fusion } from "../onnx/rewrite.ts";
import { outputOf, reshaped } from "./match.ts";

/** Shorter sums cost less than what surrounds them. */
const LONG = 256;

/**
 * Sums over all but the last axis, the gradients of biases, as products with a vector of ones: ONNX
 * Runtime's ReduceSum takes longer there, most of all with several threads.
 */
export const sums: Fusion = ({ graph, node }) => {
  if (node.operator !== "ReduceSum" || outputOf(node).dtype !== "float32") return undefined;
  const [x, axes] = [node.inputs[0]!, graph.constantData(node.inputs[1]!)];
  const { shape } = outputOf(node);
  const size = elements(x.shape);
  const last = x.shape.length - 1;
  const reduced = new Set([...(axes ?? [])].map(Number));
  const columns = x.shape.at(-1) ?? 1;
  const rows = size / columns;
  if (reduced.size === 0 || columns === 1 || rows < LONG) return undefined;
  if (reduced.size !== last || reduced.has(last)) return undefined;
  const matrix = reshaped(graph, x, [rows, columns]);
  const sum = graph.node("Gemm", [ones(graph, [1, rows]), matrix], [1, columns], "float32");
  return [reshaped(graph, sum, shape)];
};

/** Written out by ONNX Runtime when it loads the graph. */
function ones(graph: GraphBuilder, shape: readonly number[]): Value {
  return graph.node(
    "Expand",
    [graph.scalar(1, "float32"), graph.integers(shape)],
    shape,
    "float32",
  );
}
