import type { GraphBuilder } from "../onnx/builder.ts";
import type { Value } from "../onnx/graph.ts";
import { materialised, reshape } from "./arrange.ts";
import { cast, promotedType } from "./dtype.ts";
import { integer, integers, pairs, type Pair } from "./params.ts";
import type { LoweringRule } from "./rule.ts";
import { thinned } from "./thin.ts";
import {
  axisSize,
  broadcast,
  onlyRepeats,
  reshaped,
  transposed,
  viewOf,
  viewShape,
  type View,
} from "./view.ts";

export const transpose: LoweringRule = ({ operands: [x], params }) => [
  transposed(x!, integers(params, "perm")),
];

export const broadcastRule: LoweringRule = ({ operands: [x], params }) => [
  broadcast(x!, integers(params, "shape"), integers(params, "axis")),
];

export const reshapeRule: LoweringRule = ({ graph, operands: [x], params }) => {
  const shape = integers(params, "shape");
  return [reshaped(x!, shape) ?? viewOf(reshape(graph, materialised(graph, x!), shape))];
};

export const flip: LoweringRule = ({ graph, operands: [x], params }) => {
  const axes = integers(params, "axis").filter((i) => !onlyRepeats(x!.axes[i]!));
  const { value, widen } = thinned(graph, x!);
  if (axes.length === 0) return [x!];
  const bounds = axes.map((i) => ({
    axis: i,
    start: value.shape[i]! - 1,
    end: -value.shape[i]! - 1,
    step: -1,
  }));
  return [widen(slice(graph, value, bounds))];
};

export const shrink: LoweringRule = ({ graph, operands: [x], params }) => [
  window(graph, x!, pairs(params, "slice")),
];

/** The elements [start, end) of every axis. Axes that only repeat just get shorter. */
function window(graph: GraphBuilder, view: View, bounds: readonly Pair[]): View {
  const repeats = view.axes.map(onlyRepeats);
  const shorter: View = {
    base: view.base,
    axes: view.axes.map((axis, i) => {
      const size = bounds[i]![1] - bounds[i]![0];
      return !repeats[i] ? axis : size === 1 ? [] : [{ size, stride: 0 }];
    }),
  };
  const shape = viewShape(shorter);
  const cut = bounds
    .map(([start, end], axis) => ({ axis, start, end, step: 1 }))
    .filter(({ axis, start, end }) => !repeats[axis] && end - start < shape[axis]!);
  if (cut.length === 0) return shorter;
  const { value, widen } = thinned(graph, shorter);
  return widen(slice(graph, value, cut));
}

interface Bound {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

function slice(graph: GraphBuilder, value: Value, bounds: readonly Bound[]): Value {
  const shape = [...value.shape];
  for (const { axis, start, end, step } of bounds)
    shape[axis] = step < 0 ? shape[axis]! : end - start;
  const lists = [
    bounds.map((bound) => bound.start),
    bounds.map((bound) => bound.end),
    bounds.map((bound) => bound.axis),
    bounds.map((bound) => bound.step),
  ];
  const inputs = [value, ...lists.map((list) => graph.integers(list))];
  return graph.node("Slice", inputs, shape, value.dtype);
}

/** Surrounds with zeros. */
export const pad: LoweringRule = ({ graph, operands: [x], params }) => {
  const width = pairs(params, "width");
  const padded = new Set(width.keys().filter((i) => width[i]![0] + width[i]![1] > 0));
  const { value, widen } = thinned(graph, x!, padded);
  const shape = value.shape.map((size, i) => size + width[i]![0] + width[i]![1]);
  const pads = graph.integers([...width.map(([before]) => before), ...width.map(([, end]) => end)]);
  const zero = graph.scalar(0, value.dtype);
  return [widen(graph.node("Pad", [value, pads, zero], shape, value.dtype))];
};

export const concatenate: LoweringRule = ({ graph, operands, weak, params }) => {
  const axis = integer(params, "axis");
  const dtype = promotedType(operands, weak);
  const expanded = new Set(
    operands[0]!.axes
      .keys()
      .filter((i) => i === axis || !operands.every((view) => onlyRepeats(view.axes[i]!))),
  );
  const parts = operands.map((view) => thinned(graph, cast(graph, view, dtype), expanded));
  const shape = [...parts[0]!.value.shape];
  shape[axis] = operands.reduce((sum, view) => sum + axisSize(view.axes[axis]!), 0);
  const inputs = parts.map((part) => part.value);
  const value = graph.node("Concat", inputs, shape, dtype, { axis: { kind: "int", value: axis } });
  return [parts[0]!.widen(value)];
};

/** ONNX has no Split of truth values: those are sliced. */
export const split: LoweringRule = ({ graph, operands: [x], params }) => {
  const axis = integer(params, "axis");
  const sizes = integers(params, "sizes");
  if (onlyRepeats(x!.axes[axis]!) || x!.base.dtype === "bool") {
    let start = 0;
    return sizes.map((size) => {
      const bounds = viewShape(x!).map((full, i): Pair =>
        i === axis ? [start, start + size] : [0, full],
      );
      start += size;
      return window(graph, x!, bounds);
    });
  }
  const { value, widen } = thinned(graph, x!);
  const shapes = sizes.map((size) => value.shape.toSpliced(axis, 1, size));
  const inputs = [value, graph.integers(sizes)];
  const dtypes = sizes.map(() => value.dtype);
  const attributes = { axis: { kind: "int", value: axis } } as const;
  return graph.nodes("Split", inputs, shapes, dtypes, attributes).map(widen);
};
