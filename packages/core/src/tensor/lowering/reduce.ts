import type { GraphBuilder } from "../onnx/builder.ts";
import type { Value } from "../onnx/graph.ts";
import { reshape } from "./arrange.ts";
import { pointwise } from "./pointwise.ts";
import { joined, viewOf, type Atom, type Axis, type View } from "./view.ts";

/** jax-js's name of a reduction, and ONNX's. */
export const reductions = {
  Add: "ReduceSum",
  Mul: "ReduceProd",
  Max: "ReduceMax",
  Min: "ReduceMin",
} as const;

export type Reduction = keyof typeof reductions;

/**
 * Reduces axes of a view where its base lies: no transpose. What only repeats is not summed element
 * by element: n equal terms give n x for a sum and x^n for a product.
 */
export function reduced(
  graph: GraphBuilder,
  view: View,
  axes: readonly number[],
  reduction: Reduction,
): View {
  const gone = new Set(axes);
  const marked = view.axes.flatMap((axis, i) =>
    joined(axis).map((atom) => ({ ...atom, axis: i, gone: gone.has(i) })),
  );
  const repeats = marked
    .filter((atom) => atom.gone && atom.stride === 0)
    .reduce((product, atom) => product * atom.size, 1);
  const inBase = marked.filter((atom) => atom.stride > 0).toSorted((a, b) => b.stride - a.stride);
  const value = reducedBase(graph, view.base, inBase, reductions[reduction]);

  const strides = new Map<Atom, number>();
  let stride = 1;
  for (const atom of inBase.filter((atom) => !atom.gone).toReversed()) {
    strides.set(atom, stride);
    stride *= atom.size;
  }
  const result: View = {
    base: value,
    axes: view.axes.flatMap((_, i): Axis[] =>
      gone.has(i)
        ? []
        : [
            joined(
              marked
                .filter((atom) => atom.axis === i)
                .map((atom) => ({ size: atom.size, stride: strides.get(atom) ?? 0 })),
            ),
          ],
    ),
  };
  return repeated(graph, result, repeats, reduction);
}

interface Run {
  readonly size: number;
  readonly gone: boolean;
}

/**
 * Reduces the marked atoms of a base that they tile in the given order. ONNX Runtime is quick where up
 * to three runs of kept and reduced axes follow each other, so where there are more, the last goes
 * first.
 */
function reducedBase(
  graph: GraphBuilder,
  base: Value,
  atoms: readonly Run[],
  operator: string,
): Value {
  if (!atoms.some((atom) => atom.gone)) return base;
  const runs: { size: number; gone: boolean }[] = [];
  for (const atom of atoms) {
    const last = runs.at(-1);
    if (last !== undefined && last.gone === atom.gone) last.size *= atom.size;
    else runs.push({ size: atom.size, gone: atom.gone });
  }
  if (runs.length <= 3) return reducedRuns(graph, base, runs, operator);
  const first = runs.findLastIndex((run) => run.gone);
  const partly = runs.map((run, i) => ({ size: run.size, gone: i === first }));
  const rest = runs.filter((_, i) => i !== first);
  return reducedBase(graph, reducedRuns(graph, base, partly, operator), rest, operator);
}

/** Where whole rows go, each leaves an axis of size 1: what broadcasts against the rows needs it. */
function reducedRuns(
  graph: GraphBuilder,
  base: Value,
  runs: readonly Run[],
  operator: string,
): Value {
  const cut = asCutByBase(base.shape, runs) ?? runs;
  const shaped = reshape(
    graph,
    base,
    cut.map((run) => run.size),
  );
  const axes = [...cut.keys()].filter((i) => cut[i]!.gone);
  const rowwise = cut.at(-1)!.gone && axes.length < cut.length;
  const kept = rowwise
    ? cut.map((run) => (run.gone ? 1 : run.size))
    : cut.filter((run) => !run.gone).map((run) => run.size);
  return graph.node(operator, [shaped, graph.integers(axes)], kept, base.dtype, {
    keepdims: { kind: "int", value: rowwise ? 1 : 0 },
  });
}

/** The runs, cut as the base's own shape is, so that it needs no Reshape; nothing if they disagree. */
function asCutByBase(shape: readonly number[], runs: readonly Run[]): Run[] | undefined {
  const cut: Run[] = [];
  let run = 0;
  let left = runs[0]!.size;
  for (const size of shape) {
    if (left === 1 && size > 1) {
      run++;
      left = runs[run]?.size ?? 1;
    }
    if (left % size !== 0) return undefined;
    left /= size;
    cut.push({ size, gone: runs[run]!.gone });
  }
  return cut;
}

function repeated(graph: GraphBuilder, view: View, count: number, reduction: Reduction): View {
  if (count === 1 || reduction === "Max" || reduction === "Min") return view;
  const { dtype } = view.base;
  const factor = viewOf(graph.scalar(count, dtype));
  const operator = reduction === "Add" ? "Mul" : "Pow";
  return pointwise(graph, [view, factor], (values, shape) =>
    graph.node(operator, values, shape, dtype),
  );
}
