import { elements, type Value } from "../onnx/graph.ts";

/**
 * A run of elements of a view: `size` steps of `stride` elements of the base. Stride 0 repeats: a
 * broadcast.
 */
export interface Atom {
  readonly size: number;
  readonly stride: number;
}

/** One axis of a view: atoms from slow to fast. No atoms: an axis of size 1. */
export type Axis = readonly Atom[];

/**
 * A tensor that is not computed yet: a base, looked at through axes. Transposing, broadcasting and
 * reshaping only rearrange atoms; the base is untouched.
 *
 * Law: the atoms with a stride, sorted from large to small stride, tile the base exactly. So a view
 * never leaves out an element of its base (slices are new bases), and every view can be made
 * concrete by Reshape, Transpose and Expand.
 */
export interface View {
  readonly base: Value;
  readonly axes: readonly Axis[];
}

export function axisSize(axis: Axis): number {
  return axis.reduce((product, atom) => product * atom.size, 1);
}

/** Whether every element along the axis is the same one. True of axes of size 1. */
export function onlyRepeats(axis: Axis): boolean {
  return axis.every((atom) => atom.stride === 0);
}

export function viewShape(view: View): number[] {
  return view.axes.map(axisSize);
}

/** The whole of a value, as it lies. */
export function viewOf(base: Value): View {
  return { base, axes: rowMajor(base.shape) };
}

/** Axes of a contiguous tensor. */
export function rowMajor(shape: readonly number[]): Axis[] {
  let stride = elements(shape);
  return shape.map((size) => {
    stride /= size;
    return size === 1 ? [] : [{ size, stride }];
  });
}

export function transposed(view: View, permutation: readonly number[]): View {
  return { base: view.base, axes: permutation.map((i) => view.axes[i]!) };
}

/** Inserts the axes `inserted` (positions in `shape`) and widens axes of size 1 to `shape`. */
export function broadcast(view: View, shape: readonly number[], inserted: readonly number[]): View {
  const fresh = new Set(inserted);
  let next = 0;
  const axes = shape.map((size, i) => widened(fresh.has(i) ? [] : view.axes[next++]!, size));
  return { base: view.base, axes };
}

/** NumPy broadcasting: aligns axes from the right. */
export function broadcastTo(view: View, shape: readonly number[]): View {
  const missing = shape.length - view.axes.length;
  return broadcast(
    view,
    shape,
    Array.from({ length: missing }, (_, i) => i),
  );
}

function widened(axis: Axis, size: number): Axis {
  return axisSize(axis) === size ? axis : [{ size, stride: 0 }];
}

/** The same elements in another shape, or nothing where no rearrangement of atoms gives it. */
export function reshaped(view: View, shape: readonly number[]): View | undefined {
  const axes = regroup(view.axes.flat(), shape);
  return axes === undefined ? undefined : { base: view.base, axes };
}

/**
 * Deals a list of atoms out to axes of the given sizes, splitting atoms where a boundary cuts one.
 * Fails where an atom's size is not divisible as needed.
 */
export function regroup(atoms: readonly Atom[], shape: readonly number[]): Axis[] | undefined {
  const waiting = joined(atoms).toReversed();
  const axes: Axis[] = [];
  for (const size of shape) {
    const axis: Atom[] = [];
    let need = size;
    while (need > 1) {
      const atom = waiting.pop()!;
      if (need % atom.size === 0) {
        axis.push(atom);
        need /= atom.size;
      } else if (atom.size % need === 0) {
        const rest = atom.size / need;
        axis.push({ size: need, stride: atom.stride * rest });
        waiting.push({ size: rest, stride: atom.stride });
        need = 1;
      } else return undefined;
    }
    axes.push(axis);
  }
  return axes;
}

/** Joins neighbours that step through the base as one atom would; drops atoms of size 1. */
export function joined(atoms: readonly Atom[]): Atom[] {
  const result: Atom[] = [];
  for (const atom of atoms) {
    if (atom.size === 1) continue;
    const last = result.at(-1);
    if (last !== undefined && last.stride === atom.stride * atom.size)
      result[result.length - 1] = { size: last.size * atom.size, stride: atom.stride };
    else result.push(atom);
  }
  return result;
}
