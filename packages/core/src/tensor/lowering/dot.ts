import type { GraphBuilder } from "../onnx/builder.ts";
import { elements, type Attributes, type Value } from "../onnx/graph.ts";
import { aligned, atomsOf, axesOver, totalSize, type SharedAtom } from "./align.ts";
import { arranged } from "./arrange.ts";
import { broadcastShape, pointwise } from "./pointwise.ts";
import { reduced } from "./reduce.ts";
import { viewOf, viewShape, type Axis, type View } from "./view.ts";

/** The part that each step of the index space plays in a product of tensors. */
interface Roles {
  /** Both operands step: one product for each. */
  readonly batch: readonly SharedAtom[];
  /** Only the left operand steps. */
  readonly rows: readonly SharedAtom[];
  /** Only the right operand steps. */
  readonly columns: readonly SharedAtom[];
  /** Summed over; both step. */
  readonly inner: readonly SharedAtom[];
}

/**
 * jax-js's only product, z[...] = sum_k x[..., k] y[..., k] over broadcast operands, as one Gemm or
 * MatMul. An axis along which one operand only repeats is a row or column axis of the product, and is
 * never expanded. All row axes become one, and all column axes.
 */
export function dot(graph: GraphBuilder, x: View, y: View): View {
  const shape = broadcastShape([viewShape(x), viewShape(y)]);
  const last = shape.length - 1;
  const { views, atoms } = aligned(graph, [x, y], shape);
  const summed = atoms.filter((atom) => atom.axis === last);
  const lonely = summed.filter((atom) => atom.strides.includes(0));
  if (lonely.length > 0) return dotWithRepeats(graph, views, atoms, last);

  const outer = atoms.filter((atom) => atom.axis !== last);
  const both = outer.filter((atom) => atom.strides.every((stride) => stride > 0));
  const roles: Roles = {
    batch: sortedBy(both, 0),
    rows: sortedBy(
      outer.filter((atom) => atom.strides[0]! > 0 && atom.strides[1] === 0),
      0,
    ),
    columns: sortedBy(
      outer.filter((atom) => atom.strides[0] === 0 && atom.strides[1]! > 0),
      1,
    ),
    inner: sortedBy(summed, larger(views)),
  };
  const rank = shape.length - 1;
  if (summed.length === 0) return scaledProduct(graph, views, last);
  if (roles.batch.length > 0 && roles.rows.length === 0 && roles.columns.length === 0)
    return rowwiseDot(graph, views, last);
  if (roles.batch.length > 0 && rightLiesBetterAsRows(graph, views, roles)) return dot(graph, y, x);
  const [left, right] = [views[0]!.base, views[1]!.base];
  const flat = roles.batch.length === 0 && left.dtype === "float32";
  const base = flat ? gemm(graph, left, right, roles) : matMul(graph, left, right, roles);
  const order = [...roles.batch, ...roles.rows, ...roles.columns];
  return { base, axes: axesOver(rank, outer, order) };
}

function sortedBy(atoms: readonly SharedAtom[], view: number): SharedAtom[] {
  return atoms.toSorted((a, b) => b.strides[view]! - a.strides[view]!);
}

function larger(views: readonly View[]): number {
  return sizeOf(views[0]!) >= sizeOf(views[1]!) ? 0 : 1;
}

function sizeOf(view: View): number {
  return elements(view.base.shape);
}

/** No batch axes: a matrix product whose operands are read as they lie or transposed. */
function gemm(graph: GraphBuilder, left: Value, right: Value, roles: Roles): Value {
  const a = matrix(graph, left, 0, [[], roles.rows, roles.inner]);
  const b = matrix(graph, right, 1, [[], roles.inner, roles.columns]);
  const shape = [totalSize(roles.rows), totalSize(roles.columns)];
  return graph.node("Gemm", [a.value, b.value], shape, left.dtype, {
    ...flag("transA", a.flipped),
    ...flag("transB", b.flipped),
  });
}

/**
 * The product's columns lie next to each other in memory, so they should be those that do so in their
 * operand. Where that is true of both operands, what a table mixes gives the columns, of attention weights
 * the rows and not the weights; of two tables or none, the smaller one.
 */
function rightLiesBetterAsRows(graph: GraphBuilder, views: readonly View[], roles: Roles): boolean {
  if (roles.rows.length === 0 || roles.columns.length === 0) return false;
  const left = smallest(roles.rows, 0) < smallest(roles.inner, 0);
  const right = smallest(roles.columns, 1) < smallest(roles.inner, 1);
  if (left !== right) return left;
  const [leftMixes, rightMixes] = [
    mixes(graph, views[0]!, [roles.rows, roles.inner]),
    mixes(graph, views[1]!, [roles.columns, roles.inner]),
  ];
  if (leftMixes !== rightMixes) return left && rightMixes;
  return left && sizeOf(views[0]!) < sizeOf(views[1]!);
}

/** Whether an operand is a table of weights: square, or a comparison cast to zeros and ones. */
function mixes(
  graph: GraphBuilder,
  { base }: View,
  [outer, inner]: readonly [readonly SharedAtom[], readonly SharedAtom[]],
): boolean {
  return totalSize(outer) === totalSize(inner) || graph.producer(base)?.operator === "Cast";
}

function smallest(atoms: readonly SharedAtom[], index: number): number {
  return Math.min(...atoms.map((atom) => atom.strides[index]!));
}

interface Matrix {
  readonly value: Value;
  readonly flipped: boolean;
}

/**
 * The operand as matrices [batch, first, second], or flipped as [batch, second, first]: so that what
 * lies next to each other in memory stays so. Often nothing moves; if something must, whole rows do,
 * and products that read the operand in other roles share the result.
 */
function matrix(
  graph: GraphBuilder,
  base: Value,
  index: number,
  [batch, first, second]: readonly [
    readonly SharedAtom[],
    readonly SharedAtom[],
    readonly SharedAtom[],
  ],
): Matrix {
  const flipped =
    first.length > 0 &&
    second.length > 0 &&
    base.dtype === "float32" &&
    smallest(first, index) < smallest(second, index);
  const axes = (flipped ? [second, first] : [first, second]).map((atoms) => atomsOf(atoms, index));
  const all: Axis[] = batch.length > 0 ? [atomsOf(batch, index), ...axes] : axes;
  return { value: arranged(graph, base, all, "keep"), flipped };
}

function flag(name: string, value: boolean): Attributes {
  return value ? { [name]: { kind: "int", value: 1 } } : {};
}

/** One product for each step of the batch axes; ONNX Runtime's own operator reads flipped operands. */
function matMul(graph: GraphBuilder, left: Value, right: Value, roles: Roles): Value {
  const { batch, rows, columns, inner } = roles;
  const a = matrix(graph, left, 0, [batch, rows, inner]);
  const b = matrix(graph, right, 1, [batch, inner, columns]);
  const sizes = [rows, columns].map(totalSize);
  const shape = batch.length > 0 ? [totalSize(batch), ...sizes] : sizes;
  if (!a.flipped && !b.flipped) return graph.node("MatMul", [a.value, b.value], shape, left.dtype);
  return graph.node("FusedMatMul", [a.value, b.value], shape, left.dtype, {
    ...flag("transA", a.flipped),
    ...flag("transB", b.flipped),
  });
}

/** Nothing to sum: an element-wise product. */
function scaledProduct(graph: GraphBuilder, views: readonly View[], last: number): View {
  const { dtype } = views[0]!.base;
  const product = pointwise(graph, views, (values, shape) =>
    graph.node("Mul", values, shape, dtype),
  );
  return { base: product.base, axes: product.axes.slice(0, last) };
}

/** Each pair of rows gives one number: cheaper as product and sum than as 1 x 1 matrices. */
function rowwiseDot(graph: GraphBuilder, views: readonly View[], last: number): View {
  const { dtype } = views[0]!.base;
  const product = pointwise(graph, views, (values, shape) =>
    graph.node("Mul", values, shape, dtype),
  );
  return reduced(graph, product, [last], "Add");
}

/**
 * An operand that repeats along a summed axis leaves the sum: sum_k x y_k = x sum_k y_k. Where both
 * repeat, the sum is a factor.
 */
function dotWithRepeats(
  graph: GraphBuilder,
  views: readonly View[],
  atoms: readonly SharedAtom[],
  last: number,
): View {
  const inner = atoms.filter((atom) => atom.axis === last);
  const kept = inner.filter((atom) => !atom.strides.includes(0));
  const factor = totalSize(inner.filter((atom) => atom.strides.every((stride) => stride === 0)));
  const operands = views.map((view, i) => {
    const alone = inner.filter((atom) => atom.strides[i]! > 0 && atom.strides[1 - i] === 0);
    const axes = [...view.axes.slice(0, last), atomsOf(alone, i), atomsOf(kept, i)];
    return reduced(graph, { base: view.base, axes }, [last], "Add");
  });
  const result = dot(graph, operands[0]!, operands[1]!);
  if (factor === 1) return result;
  const { dtype } = result.base;
  const scale = viewOf(graph.scalar(factor, dtype));
  return pointwise(graph, [result, scale], (values, shape) =>
    graph.node("Mul", values, shape, dtype),
  );
}
