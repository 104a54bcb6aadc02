import { elements, type Attributes } from "../onnx/graph.ts";
import { materialised, reshape } from "./arrange.ts";
import { promoted } from "./dtype.ts";
import { integer, integers, pairs, type Pair } from "./params.ts";
import { broadcastShape } from "./pointwise.ts";
import { apply, refuseWholeNumbers, type Equation, type LoweringRule } from "./rule.ts";
import { pad, reshapeRule, shrink } from "./shape.ts";
import { broadcastTo, onlyRepeats, transposed, viewOf, viewShape, type View } from "./view.ts";

/** What one ONNX convolution computes for the lanes of a batched one, and where they come to lie. */
interface Lanes {
  /** [rows, channels, ...spatial]. */
  readonly images: View;
  /** [channels, channels of a group, ...spatial]. */
  readonly kernels: View;
  readonly groups: number;
  /** The axes before the spatial ones, as the product has them, and their order in the result. */
  readonly leading: readonly number[];
  readonly order: readonly number[];
}

/**
 * y[n, f, o] = sum_{c, k} x[n, c, o s + k d - p] w[f, c, k] over any number of spatial axes, as one
 * Conv. Batching axes in front (`vmap`, feature groups) become rows where the kernels repeat, filters
 * where the images repeat, and groups where neither does.
 */
export const conv: LoweringRule = (equation) => {
  const { graph, params } = equation;
  const { operands, dtype } = promoted(equation);
  refuseWholeNumbers(equation, dtype);
  const depth = integer(params, "vmapDims");
  const padding = pairs(params, "padding");
  const dilated = spread(equation, operands[0]!, integers(params, "lhsDilation"));
  const image = cropped(equation, dilated, padding);
  const lanes = inLanes(equation, image, operands[1]!, depth);
  const sizes = spatialSizes(image, operands[1]!, params);
  const flat = sizes.length === 0;
  const [x, w] = [lanes.images, lanes.kernels].map((view) => {
    const value = materialised(graph, view);
    return flat ? reshape(graph, value, [...value.shape, 1]) : value;
  });
  const shape = [x!.shape[0]!, w!.shape[0]!, ...(flat ? [1] : sizes)];
  const attributes = flat ? {} : windowAttributes(params, padding);
  const product = graph.node("Conv", [x!, w!], shape, dtype, {
    ...attributes,
    group: { kind: "int", value: lanes.groups },
  });
  const full = viewOf(reshape(graph, product, [...lanes.leading, ...sizes]));
  const spatial = sizes.map((_, i) => lanes.leading.length + i);
  return [transposed(full, [...lanes.order, ...spatial])];
};

function windowAttributes(params: Equation["params"], padding: readonly Pair[]): Attributes {
  const pads = [0, 1].flatMap((side) => padding.map((pair) => Math.max(pair[side]!, 0)));
  return {
    strides: { kind: "ints", value: integers(params, "strides") },
    dilations: { kind: "ints", value: integers(params, "rhsDilation") },
    pads: { kind: "ints", value: pads },
  };
}

function spatialSizes(image: View, kernel: View, params: Equation["params"]): number[] {
  const [strides, dilation] = [integers(params, "strides"), integers(params, "rhsDilation")];
  const count = strides.length;
  const kernelSizes = viewShape(kernel).slice(viewShape(kernel).length - count);
  return viewShape(image)
    .slice(viewShape(image).length - count)
    .map((size, i) => {
      const padded = size + pairs(params, "padding")[i]!.reduce((a, b) => a + Math.max(b, 0), 0);
      const reach = (kernelSizes[i]! - 1) * dilation[i]! + 1;
      return Math.floor((padded - reach) / strides[i]!) + 1;
    });
}

/** Puts `dilation - 1` zeros between neighbours along the last axes: a transposed convolution. */
function spread(equation: Equation, view: View, dilation: readonly number[]): View {
  if (dilation.every((factor) => factor === 1)) return view;
  const shape = viewShape(view);
  const first = shape.length - dilation.length;
  const factors = shape.map((_, i) => dilation[i - first] ?? 1);
  const pairsOf = shape.flatMap((size) => [size, 1]);
  const split = apply(reshapeRule, equation, view, { shape: pairsOf });
  const width = factors.flatMap((factor) => [
    [0, 0],
    [0, factor - 1],
  ]);
  const wide = shape.map((size, i) => size * factors[i]!);
  const joined = apply(reshapeRule, equation, apply(pad, equation, split, { width }), {
    shape: wide,
  });
  const slice = shape.map((size, i) => [0, (size - 1) * factors[i]! + 1]);
  return apply(shrink, equation, joined, { slice });
}

/** Negative padding takes elements away. */
function cropped(equation: Equation, view: View, padding: readonly Pair[]): View {
  const shape = viewShape(view);
  const first = shape.length - padding.length;
  const slice = shape.map((size, i) => {
    const [before, after] = padding[i - first] ?? [0, 0];
    return [Math.max(-before, 0), size - Math.max(-after, 0)];
  });
  return apply(shrink, equation, view, { slice });
}

function inLanes(equation: Equation, x: View, w: View, depth: number): Lanes {
  const lanes = broadcastShape([x, w].map((view) => viewShape(view).slice(0, depth)));
  const wide = [x, w].map((view) => broadcastTo(view, [...lanes, ...viewShape(view).slice(depth)]));
  const [images, kernels] = [wide[0]!, wide[1]!];
  const count = elements(lanes);
  const axes = lanes.map((_, i) => i);
  const [rows, channels, ...imageSizes] = viewShape(images).slice(depth);
  const [filters, , ...kernelSizes] = viewShape(kernels).slice(depth);
  const as = (view: View, ...shape: number[]) => apply(reshapeRule, equation, view, { shape });

  if (repeats(kernels, depth))
    return {
      images: as(images, count * rows!, channels!, ...imageSizes),
      kernels: first(kernels, depth),
      groups: 1,
      leading: [...lanes, rows!, filters!],
      order: [...axes, depth, depth + 1],
    };
  const stacked = as(kernels, count * filters!, channels!, ...kernelSizes);
  const rowsFirst = { leading: [rows!, ...lanes, filters!], order: [...axes.map((i) => i + 1), 0] };
  const order = [...rowsFirst.order, depth + 1];
  if (repeats(images, depth))
    return { ...rowsFirst, order, images: first(images, depth), kernels: stacked, groups: 1 };
  const rank = viewShape(images).length;
  const permutation = [depth, ...axes, ...range(depth + 1, rank)];
  const grouped = as(transposed(images, permutation), rows!, count * channels!, ...imageSizes);
  return { ...rowsFirst, order, images: grouped, kernels: stacked, groups: count };
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

function repeats(view: View, depth: number): boolean {
  return view.axes.slice(0, depth).every(onlyRepeats);
}

/** One lane of a view whose lanes are all the same. */
function first(view: View, depth: number): View {
  return { base: view.base, axes: view.axes.slice(depth) };
}
