import type { GraphBuilder } from "../onnx/builder.ts";
import { sameShape, type Value } from "../onnx/graph.ts";
import {
  axisSize,
  joined,
  onlyRepeats,
  viewShape,
  type Atom,
  type Axis,
  type View,
} from "./view.ts";

/** The view as a tensor of its own shape, in row-major order. */
export function materialised(graph: GraphBuilder, view: View): Value {
  return arranged(graph, view.base, view.axes, "expand");
}

/**
 * The elements of `base` laid out along `axes`, which together hold every strided atom of a view of
 * it. With "keep", an axis that only repeats becomes an axis of size 1, for operators that broadcast
 * by themselves.
 */
export function arranged(
  graph: GraphBuilder,
  base: Value,
  axes: readonly Axis[],
  repeats: "keep" | "expand",
): Value {
  const ordered = inOrder(graph, base, joined(axes.flat().filter((atom) => atom.stride > 0)));
  const wanted = axes.map((axis) => (repeats === "keep" && onlyRepeats(axis) ? [] : axis));
  const atoms = wanted.flat();
  const expanded = atoms.some((atom) => atom.stride === 0)
    ? expandedAtoms(graph, ordered, atoms)
    : ordered;
  return reshape(graph, expanded, wanted.map(axisSize));
}

/** Transposes the base so that the atoms, which tile it, lie in the given order. */
function inOrder(graph: GraphBuilder, base: Value, atoms: readonly Atom[]): Value {
  const inBase = atoms.toSorted((a, b) => b.stride - a.stride);
  const permutation = atoms.map((atom) => inBase.indexOf(atom));
  if (permutation.every((from, to) => from === to)) return base;
  const factored = reshape(
    graph,
    base,
    inBase.map((atom) => atom.size),
  );
  return graph.node(
    "Transpose",
    [factored],
    atoms.map((atom) => atom.size),
    base.dtype,
    { perm: { kind: "ints", value: permutation } },
  );
}

/** Expands the repeating atoms of a tensor whose strided atoms lie in order already. */
function expandedAtoms(graph: GraphBuilder, value: Value, atoms: readonly Atom[]): Value {
  const merged: Atom[] = [];
  for (const atom of atoms) {
    const last = merged.at(-1);
    if (last !== undefined && (last.stride === 0) === (atom.stride === 0))
      merged[merged.length - 1] = { size: last.size * atom.size, stride: atom.stride };
    else merged.push(atom);
  }
  const thin = reshape(
    graph,
    value,
    merged.map((atom) => (atom.stride === 0 ? 1 : atom.size)),
  );
  const shape = merged.map((atom) => atom.size);
  return graph.node("Expand", [thin, graph.integers(shape)], shape, value.dtype);
}

export function reshape(graph: GraphBuilder, value: Value, shape: readonly number[]): Value {
  if (sameShape(value.shape, shape)) return value;
  return graph.node("Reshape", [value, graph.integers(shape)], shape, value.dtype);
}

/** The view with every axis a single atom or none: a new base if need be. */
export function simplified(graph: GraphBuilder, view: View): View {
  if (view.axes.every((axis) => joined(axis).length <= 1)) return view;
  const shape = viewShape(view);
  const repeated = view.axes.map((axis) => axis.length > 0 && onlyRepeats(axis));
  const base = arranged(graph, view.base, view.axes, "keep");
  let stride = base.shape.reduce((product, size) => product * size, 1);
  const axes = shape.map((size, i): Axis => {
    if (repeated[i]) return [{ size, stride: 0 }];
    stride /= size;
    return size === 1 ? [] : [{ size, stride }];
  });
  return { base, axes };
}
