import { elements } from "../onnx/graph.ts";
import type { Fusion } from "../onnx/rewrite.ts";
import { outputOf, reshaped } from "./match.ts";

/** Products with no more elements than this give too few pieces for several threads. */
const FEW_ELEMENTS = 1 << 14;
const LONG_SUM = 2048;
const MOST_PARTS = 4;

/**
 * A'B with few rows and columns and a long sum, the gradient of a small weight over a large batch. ONNX
 * Runtime's threads share out rows and columns, not the sum: so the sum is cut in parts, one product
 * each, and added up.
 */
export const splitSum: Fusion = ({ graph, node }) => {
  const { operator, inputs, attributes } = node;
  if (operator !== "Gemm" || inputs.length > 2) return undefined;
  if (attributes["transA"] === undefined || attributes["transB"] !== undefined) return undefined;
  const { shape, dtype } = outputOf(node);
  const [rows, columns] = [shape[0]!, shape[1]!];
  const length = inputs[0]!.shape[0]!;
  const parts = partsOf(length);
  if (elements(shape) > FEW_ELEMENTS || length < LONG_SUM || parts === 1) return undefined;
  if (rows === 1 || columns === 1) return undefined;
  const [a, b] = inputs.map((value) =>
    reshaped(graph, value, [parts, length / parts, value.shape[1]!]),
  );
  const products = graph.node("FusedMatMul", [a!, b!], [parts, rows, columns], dtype, attributes);
  return [
    graph.node("ReduceSum", [products, graph.integers([0])], shape, dtype, {
      keepdims: { kind: "int", value: 0 },
    }),
  ];
};

/** The largest divisor that is not too large. */
function partsOf(length: number): number {
  for (let parts = MOST_PARTS; parts > 1; parts--) if (length % parts === 0) return parts;
  return 1;
}
