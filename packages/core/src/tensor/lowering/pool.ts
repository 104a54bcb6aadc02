import type { GraphBuilder } from "../onnx/builder.ts";
import { materialised } from "./arrange.ts";
import { integers } from "./params.ts";
import { reduced } from "./reduce.ts";
import { apply, type Equation, type LoweringRule } from "./rule.ts";
import { pad, reshapeRule, shrink } from "./shape.ts";
import { transposed, viewOf, viewShape, type View } from "./view.ts";

/**
 * All windows of the last axes: y[..., o, j] = x[..., o s + j], o the window and j the place in it.
 * Windows that lie next to each other are a view; others are gathered.
 */
export const pool: LoweringRule = (equation) => {
  const { operands, params } = equation;
  const window = integers(params, "window");
  const strides = integers(params, "strides");
  let view = operands[0]!;
  const first = viewShape(view).length - window.length;
  for (const [i, size] of window.entries())
    view = windows(equation, view, first + 2 * i, size, strides[i]!);
  return [transposed(view, windowsLast(first, window.length))];
};

/** Replaces one axis by two: windows, and places within a window. */
function windows(equation: Equation, view: View, axis: number, size: number, stride: number): View {
  const shape = viewShape(view);
  const count = Math.floor((shape[axis]! - size) / stride) + 1;
  const split = shape.toSpliced(axis, 1, count, size);
  if (stride === size) {
    const covered = cut(equation, view, axis, 0, count * size);
    return apply(reshapeRule, equation, covered, { shape: split });
  }
  const places = Array.from(
    { length: count * size },
    (_, i) => Math.floor(i / size) * stride + (i % size),
  );
  return viewOf(gathered(equation.graph, view, axis, places, split));
}

function gathered(
  graph: GraphBuilder,
  view: View,
  axis: number,
  places: readonly number[],
  shape: readonly number[],
) {
  const value = materialised(graph, view);
  const long = value.shape.toSpliced(axis, 1, places.length);
  const picked = graph.node("Gather", [value, graph.integers(places)], long, value.dtype, {
    axis: { kind: "int", value: axis },
  });
  return graph.node("Reshape", [picked, graph.integers(shape)], shape, value.dtype);
}

/** The order that moves windows and places, which alternate behind `first` axes, apart. */
function windowsLast(first: number, count: number): number[] {
  const numbers = Array.from({ length: count }, (_, i) => i);
  return [
    ...Array.from({ length: first }, (_, i) => i),
    ...numbers.map((i) => first + 2 * i),
    ...numbers.map((i) => first + 2 * i + 1),
  ];
}

/** The transpose of `pool`: x[..., p] = sum of y[..., o, j] over all o s + j = p. */
export const poolTranspose: LoweringRule = (equation) => {
  const { operands, params } = equation;
  const shape = integers(params, "inShape");
  const window = integers(params, "window");
  const strides = integers(params, "strides");
  const first = shape.length - window.length;
  const alternate = windowsLast(first, window.length);
  let view = transposed(
    operands[0]!,
    alternate.map((_, i) => alternate.indexOf(i)),
  );
  for (const [i, stride] of strides.entries())
    view = overlapAdded(equation, view, first + i, stride, shape[first + i]!);
  return [view];
};

/**
 * Sums the windows of one axis, [count, size], into [length]. Column j of the windows, its entries
 * `stride` apart, is a row of length + 1 places; written one after the other and read in rows of
 * `length`, each row lies one place further right than the one before, as it should.
 */
function overlapAdded(
  equation: Equation,
  view: View,
  axis: number,
  stride: number,
  length: number,
): View {
  const shape = viewShape(view);
  const [count, size] = [shape[axis]!, shape[axis + 1]!];
  const order = shape.map((_, i) => (i === axis ? axis + 1 : i === axis + 1 ? axis : i));
  const as = (x: View, ...sizes: number[]) =>
    apply(reshapeRule, equation, x, { shape: shape.toSpliced(axis, 2, ...sizes) });
  const columns = as(transposed(view, order), size, count, 1);
  const spaced = as(padded(equation, columns, axis + 2, stride - 1), size, count * stride);
  const excess = length + 1 - count * stride;
  const rows =
    excess >= 0
      ? padded(equation, spaced, axis + 1, excess)
      : cut(equation, spaced, axis + 1, 0, length + 1);
  const line = cut(equation, as(rows, size * (length + 1)), axis, 0, size * length);
  return reduced(equation.graph, as(line, size, length), [axis], "Add");
}

function padded(equation: Equation, view: View, axis: number, after: number): View {
  if (after === 0) return view;
  const width = viewShape(view).map((_, i) => [0, i === axis ? after : 0]);
  return apply(pad, equation, view, { width });
}

/** The elements [start, end) of one axis. */
function cut(equation: Equation, view: View, axis: number, start: number, end: number): View {
  const slice = viewShape(view).map((size, i) => (i === axis ? [start, end] : [0, size]));
  return apply(shrink, equation, view, { slice });
}
