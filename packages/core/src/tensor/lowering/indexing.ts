import type { GraphBuilder } from "../onnx/builder.ts";
import { elements, type Value } from "../onnx/graph.ts";
import { materialised, reshape } from "./arrange.ts";
import { integer, integers } from "./params.ts";
import { broadcastShape } from "./pointwise.ts";
import { elementwise, type LoweringRule } from "./rule.ts";
import { transposed, viewOf, viewShape, type View } from "./view.ts";

/** One position along the indexed axes taken together, row-major, from an index along each. */
function linearIndex(
  graph: GraphBuilder,
  indices: readonly View[],
  sizes: readonly number[],
): Value {
  let linear = indices[0]!;
  for (const [i, index] of indices.entries()) {
    if (i === 0) continue;
    const size = viewOf(graph.scalar(sizes[i]!, "int32"));
    linear = elementwise(
      graph,
      "Add",
      [elementwise(graph, "Mul", [linear, size], "int32"), index],
      "int32",
    );
  }
  return materialised(graph, linear);
}

/** Positions 0..rank-1 without `axes`. */
function others(rank: number, axes: readonly number[]): number[] {
  return Array.from({ length: rank }, (_, i) => i).filter((i) => !axes.includes(i));
}

/** x[..., indices, ...]: the indexed axes go, and the shape of the indices appears at `outDim`. */
export const gather: LoweringRule = ({ graph, operands: [x, ...indices], params }) => {
  const axes = integers(params, "axis");
  const outDim = integer(params, "outDim");
  const shape = viewShape(x!);
  const rest = others(shape.length, axes);
  const restShape = rest.map((i) => shape[i]!);
  const indexedShape = axes.map((i) => shape[i]!);
  const front = materialised(graph, transposed(x!, [...axes, ...rest]));
  const table = reshape(graph, front, [elements(indexedShape), ...restShape]);
  const index = linearIndex(graph, indices, indexedShape);
  const picked = graph.node("Gather", [table, index], [...index.shape, ...restShape], table.dtype, {
    axis: { kind: "int", value: 0 },
  });
  return [transposed(viewOf(picked), indexAxesAt(outDim, index.shape.length, rest.length))];
};

/** Moves the leading `count` axes of a tensor behind `outDim` of the `rest` axes that follow. */
function indexAxesAt(outDim: number, count: number, rest: number): number[] {
  const order = Array.from({ length: rest }, (_, i) => count + i);
  order.splice(outDim, 0, ...Array.from({ length: count }, (_, i) => i));
  return order;
}

function expanded(graph: GraphBuilder, value: Value, shape: readonly number[]): Value {
  return graph.node("Expand", [value, graph.integers(shape)], shape, value.dtype);
}

/**
 * Adds updates into zeros at indices: the transpose of `gather`. By ScatterElements: ONNX Runtime
 * 1.30 adds with ScatterND from several threads at once and loses updates of equal rows.
 */
export const scatter: LoweringRule = ({ graph, operands: [updates, ...indices], params }) => {
  const shape = integers(params, "shape");
  const axes = integers(params, "axis");
  const outDim = integer(params, "outDim");
  const rest = others(shape.length, axes);
  const restShape = rest.map((i) => shape[i]!);
  const indexedShape = axes.map((i) => shape[i]!);
  const indexShape = broadcastShape(indices.map(viewShape));
  const count = indexShape.length;
  const order = indexAxesAt(outDim, count, rest.length);
  const front = order.map((_, i) => order.indexOf(i));
  const rows = elements(indexShape);
  const { dtype } = updates!.base;
  const width = elements(restShape);
  const values = reshape(graph, materialised(graph, transposed(updates!, front)), [rows, width]);
  const linear = reshape(graph, linearIndex(graph, indices, indexedShape), [rows, 1]);
  const positions = expanded(graph, linear, [rows, width]);
  const zeros = expanded(graph, graph.scalar(0, dtype), [elements(indexedShape), width]);
  const sum = graph.node("ScatterElements", [zeros, positions, values], zeros.shape, dtype, {
    axis: { kind: "int", value: 0 },
    reduction: { kind: "string", value: "add" },
  });
  const full = viewOf(reshape(graph, sum, [...indexedShape, ...restShape]));
  const back = [...axes, ...rest];
  return [
    transposed(
      full,
      back.map((_, i) => back.indexOf(i)),
    ),
  ];
};
