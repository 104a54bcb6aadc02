import type { GraphBuilder } from "../onnx/builder.ts";
import { sameShape, type Value } from "../onnx/graph.ts";
import { aligned, atomsOf, axesOver, type SharedAtom } from "./align.ts";
import { arranged } from "./arrange.ts";
import { axisSize, onlyRepeats, regroup, viewShape, type Axis, type View } from "./view.ts";

/** Emits one operator that works element by element and broadcasts as NumPy does. */
export type EmitPointwise = (operands: readonly Value[], shape: readonly number[]) => Value;

/**
 * Applies an element-wise operator to views without making them concrete where that can be avoided:
 *
 * - axes along which every operand repeats stay out of the computation;
 * - the work is done in the memory order of the largest operand, and the result is viewed back;
 * - operands that repeat enter with axes of size 1, which ONNX broadcasts.
 */
export function pointwise(
  graph: GraphBuilder,
  operands: readonly View[],
  emit: EmitPointwise,
): View {
  const shape = broadcastShape(operands.map(viewShape));
  const { views, atoms } = aligned(graph, operands, shape);
  const live = atoms.filter((atom) => atom.strides.some((stride) => stride > 0));
  const leader = chooseLeader(live, views.length);
  const order =
    leader === undefined
      ? largestFirst(live)
      : live.toSorted((a, b) => b.strides[leader]! - a.strides[leader]!);
  const merged = mergedShape(order, views.length);
  const leaderShape = leader === undefined ? undefined : views[leader]!.base.shape;
  const work = singleRow(merged, views) ?? workShape(merged, leaderShape);
  const values = views.map((view, i) =>
    operand(graph, view.base, regroup(atomsOf(order, i), work)!),
  );
  return { base: emit(values, work), axes: axesOver(shape.length, atoms, order) };
}

/** NumPy's rule: sizes are equal or 1, aligned from the right. */
export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) =>
    Math.max(...shapes.map((shape) => shape[i - rank + shape.length] ?? 1)),
  );
}

/**
 * Of the operands that step along every live atom, one whose memory order most of them share; or
 * nothing where none covers all.
 */
function chooseLeader(live: readonly SharedAtom[], count: number): number | undefined {
  const votes = new Map<string, { first: number; count: number }>();
  for (let i = 0; i < count; i++) {
    const strides = live.map((atom) => atom.strides[i]!);
    if (strides.includes(0)) continue;
    const key = strides.join();
    const vote = votes.get(key);
    if (vote === undefined) votes.set(key, { first: i, count: 1 });
    else vote.count++;
  }
  let best: { first: number; count: number } | undefined;
  for (const vote of votes.values()) if (best === undefined || vote.count > best.count) best = vote;
  return best?.first;
}

/**
 * An outer product has no operand whose memory order could be kept. What it meets is mostly laid out as
 * [examples, features], and examples are what all operands step along, or else are more: they come first,
 * the rest in the order of the axes.
 */
function largestFirst(live: readonly SharedAtom[]): SharedAtom[] {
  const shared = live.filter((atom) => !atom.strides.includes(0));
  const candidates = shared.length > 0 ? shared : live;
  const largest = candidates.reduce((best, atom) => (atom.size > best.size ? atom : best));
  return [largest, ...live.filter((atom) => atom !== largest)];
}

/** Joins neighbouring atoms that every operand steps through as through one. */
function mergedShape(order: readonly SharedAtom[], count: number): number[] {
  const sizes: number[] = [];
  let last: SharedAtom | undefined;
  for (const atom of order) {
    const previous = last;
    const joins =
      previous !== undefined &&
      Array.from({ length: count }, (_, i) => i).every(
        (i) => atom.strides[i]! * atom.size === previous.strides[i],
      );
    if (joins) sizes[sizes.length - 1]! *= atom.size;
    else sizes.push(atom.size);
    last = atom;
  }
  return sizes;
}

/**
 * As few axes as broadcasting allows, but the last as long as in the leader, where that fits: so most
 * tensors of a program are matrices with the same rows, and follow each other without Reshape.
 */
function workShape(
  merged: readonly number[],
  leader: readonly number[] | undefined,
): readonly number[] {
  const [columns, last] = [leader?.at(-1), merged.at(-1)];
  if (columns === undefined || last === undefined) return merged;
  if (last <= columns || last % columns !== 0) return merged;
  return [...merged.slice(0, -1), last / columns, columns];
}

/** A vector of work is a matrix of one row where an operand is one: a batch of one example. */
function singleRow(
  merged: readonly number[],
  views: readonly View[],
): readonly number[] | undefined {
  const row = [1, ...merged];
  return merged.length === 1 && views.some(({ base }) => sameShape(base.shape, row))
    ? row
    : undefined;
}

/**
 * Leading axes of size 1 are left away, but where the base has them already, or where the last axis of
 * the work is 1: ONNX Runtime takes a scalar of lower rank element by element there.
 */
function operand(graph: GraphBuilder, base: Value, axes: readonly Axis[]): Value {
  const thin = axes.map((axis) => (onlyRepeats(axis) ? 1 : axisSize(axis)));
  const column = axes.length > 0 && axisSize(axes.at(-1)!) === 1;
  if (column || sameShape(base.shape, thin)) return arranged(graph, base, axes, "keep");
  const first = thin.findIndex((size) => size > 1);
  return arranged(graph, base, first === -1 ? [] : axes.slice(first), "keep");
}
