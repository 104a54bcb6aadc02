import type { GraphBuilder } from "../onnx/builder.ts";
import type { Value } from "../onnx/graph.ts";
import { arranged } from "./arrange.ts";
import { axisSize, broadcastTo, onlyRepeats, viewOf, type View } from "./view.ts";

/** A view made concrete, but for the axes that only repeat, which have size 1. */
export interface Thin {
  readonly value: Value;
  /** Brings the repeats back around a tensor of the same rank. */
  readonly widen: (value: Value) => View;
}

/** Makes a view concrete; of the axes that only repeat, those in `expanded` are written out. */
export function thinned(
  graph: GraphBuilder,
  view: View,
  expanded: ReadonlySet<number> = new Set(),
): Thin {
  const kept = view.axes.map((axis, i) => onlyRepeats(axis) && !expanded.has(i));
  const axes = view.axes.map((axis, i) => (kept[i] ? [] : axis));
  return {
    value: arranged(graph, view.base, axes, "expand"),
    widen: (value) =>
      broadcastTo(
        viewOf(value),
        value.shape.map((size, i) => (kept[i] ? axisSize(view.axes[i]!) : size)),
      ),
  };
}
