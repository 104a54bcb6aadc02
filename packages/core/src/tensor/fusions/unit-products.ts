import type { GraphBuilder } from "../onnx/builder.ts";
import { elements, type GraphNode, type Value } from "../onnx/graph.ts";
import type { Fusion } from "../onnx/rewrite.ts";
import { eitherOrder, outputOf, reshaped, source } from "./match.ts";

/**
 * A product of matrices for every unit, P_u = X_u' Y_u with X [units, terms, rows] and Y [units, terms,
 * columns]: the gradient of a linear layer by unit, a sum of outer products of what comes in and what goes
 * back.
 */
interface UnitProduct {
  readonly x: Value;
  readonly y: Value;
  readonly units: number;
  readonly terms: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * What rounding may take from a sum of products whose terms cancel, relative to the terms, is added for
 * each of them: a norm never comes out too small.
 */
const ROUNDING = 2 ** -18;

/**
 * Squared norms of products by unit, without the products:
 *
 *   |X' Y|^2 = sum_{i,j} (X X')_ij (Y Y')_ij,   of a single term |x|^2 |y|^2
 *
 * (Goodfellow 2015, arXiv 1510.01799; Li et al. 2022, arXiv 2110.05679.)
 */
export const productSquares: Fusion = ({ graph, node }) => {
  if (node.operator !== "ReduceSumSquare") return undefined;
  const [values, axes] = [node.inputs[0]!, graph.constantData(node.inputs[1]!)];
  const product = unitProduct(graph, values);
  if (product === undefined || axes?.length !== values.shape.length - 1) return undefined;
  if (values.shape[0] !== product.units || [...axes].some((axis) => Number(axis) === 0))
    return undefined;
  const squares = product.terms === 1 ? ofOuterProducts(graph, product) : ofSums(graph, product);
  return [reshaped(graph, squares, outputOf(node).shape)];
};

/** [units, 1] */
function ofOuterProducts(graph: GraphBuilder, { x, y, units, rows, columns }: UnitProduct): Value {
  const squares = [reshaped(graph, x, [units, rows]), reshaped(graph, y, [units, columns])].map(
    (factor) => reduction(graph, "ReduceSumSquare", factor, [1]),
  );
  return graph.node("Mul", squares, [units, 1], "float32");
}

/** [units, 1, 1] */
function ofSums(graph: GraphBuilder, { x, y, units, terms }: UnitProduct): Value {
  const node = (operator: string, inputs: readonly Value[], shape: readonly number[]) =>
    graph.node(operator, inputs, shape, "float32");
  const grams = [x, y].map((factor) =>
    graph.node("FusedMatMul", [factor, factor], [units, terms, terms], "float32", {
      transB: { kind: "int", value: 1 },
    }),
  );
  const products = node("Mul", grams, [units, terms, terms]);
  const sums = reduction(graph, "ReduceSum", products, [1, 2]);
  const diagonal = graph.constant(diagonalOf(terms), [1, terms, terms], "float32");
  const own = node("Mul", [products, diagonal], [units, terms, terms]);
  const ownTerms = reduction(graph, "ReduceSum", own, [1, 2]);
  const margin = node("Mul", [ownTerms, graph.scalar(terms * ROUNDING, "float32")], [units, 1, 1]);
  return node("Add", [node("Relu", [sums], [units, 1, 1]), margin], [units, 1, 1]);
}

/** [size, size]: the identity. */
function diagonalOf(size: number): Float32Array {
  return Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
}

function reduction(
  graph: GraphBuilder,
  operator: string,
  x: Value,
  axes: readonly number[],
): Value {
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return graph.node(operator, [x, graph.integers(axes)], shape, "float32", {
    keepdims: { kind: "int", value: 1 },
  });
}

/** Weighted sums of products by unit, without the products: sum_u c_u X_u' Y_u = X' (c Y). */
export const weightedProducts: Fusion = ({ graph, node }) => {
  if (node.operator !== "Gemm" || Object.keys(node.attributes).length > 0) return undefined;
  const [weights, values] = [node.inputs[0]!, node.inputs[1]!];
  const product = node.inputs.length === 2 ? unitProduct(graph, values) : undefined;
  if (product === undefined || weights.shape[0] !== 1) return undefined;
  const { x, y, units, terms, rows, columns } = product;
  if (values.shape[0] !== units) return undefined;
  const weight = reshaped(graph, weights, [units, 1, 1]);
  const weighted = (factor: Value, size: number) =>
    graph.node(
      "Mul",
      [reshaped(graph, factor, [units, terms, size]), weight],
      [units, terms, size],
      "float32",
    );
  const [left, right] = rows < columns ? [weighted(x, rows), y] : [x, weighted(y, columns)];
  const sum = graph.node(
    "Gemm",
    [
      reshaped(graph, left, [units * terms, rows]),
      reshaped(graph, right, [units * terms, columns]),
    ],
    [rows, columns],
    "float32",
    { transA: { kind: "int", value: 1 } },
  );
  return [reshaped(graph, sum, outputOf(node).shape)];
};

/** (A' B)' = B' A: what was written to be turned comes out as it is wanted. */
export const turnedProduct: Fusion = ({ graph, node }) => {
  if (node.operator !== "Transpose" || node.inputs[0]!.shape.length !== 2) return undefined;
  const producer = graph.producer(source(graph, node.inputs[0]!));
  if (producer?.operator !== "Gemm" || producer.inputs.length > 2) return undefined;
  const { shape, dtype } = outputOf(node);
  const [rows, columns] = outputOf(producer).shape;
  if (rows !== shape[1] || columns !== shape[0]) return undefined;
  if (Object.keys(producer.attributes).join() !== "transA") return undefined;
  return [graph.node("Gemm", producer.inputs.toReversed(), shape, dtype, producer.attributes)];
};

/** The product that `value` holds, up to Reshape, where it is larger than its factors and what they cost. */
function unitProduct(graph: GraphBuilder, value: Value): UnitProduct | undefined {
  const node = graph.producer(source(graph, value));
  if (node === undefined || outputOf(node).dtype !== "float32") return undefined;
  const product = node.operator === "Mul" ? outerProduct(node) : sumOfProducts(node);
  if (product === undefined) return undefined;
  const { terms, rows, columns } = product;
  return terms * (rows + columns) < rows * columns ? product : undefined;
}

/** x [units, ..., 1] times y [units, 1, ...]. */
function outerProduct(node: GraphNode): UnitProduct | undefined {
  const { shape } = outputOf(node);
  const [units] = shape;
  for (const [x, y] of eitherOrder(node.inputs)) {
    if (x.shape.length !== shape.length || y.shape.length !== shape.length) continue;
    if (x.shape[0] !== units || y.shape[0] !== units || units === undefined) continue;
    const [rows, columns] = [elements(x.shape) / units, elements(y.shape) / units];
    const xLast = x.shape.findLastIndex((size, axis) => axis > 0 && size > 1);
    const yFirst = y.shape.findIndex((size, axis) => axis > 0 && size > 1);
    if (rows * columns * units !== elements(shape) || xLast >= yFirst) continue;
    return { x, y, units, terms: 1, rows, columns };
  }
  return undefined;
}

function sumOfProducts({ operator, inputs, attributes }: GraphNode): UnitProduct | undefined {
  const [x, y] = [inputs[0]!, inputs[1]!];
  if (operator !== "FusedMatMul" || Object.keys(attributes).join() !== "transA") return undefined;
  if (x.shape.length !== 3 || y.shape.length !== 3) return undefined;
  const [units, terms, rows] = x.shape as [number, number, number];
  return { x, y, units, terms, rows, columns: y.shape[2]! };
}
