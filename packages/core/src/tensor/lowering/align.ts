import type { GraphBuilder } from "../onnx/builder.ts";
import { simplified } from "./arrange.ts";
import { axisSize, broadcastTo, joined, type Atom, type Axis, type View } from "./view.ts";

/** One step of the index space that several views share: its axis, and each view's stride in it. */
export interface SharedAtom {
  readonly axis: number;
  readonly size: number;
  readonly strides: readonly number[];
}

export interface Aligned {
  readonly views: readonly View[];
  readonly atoms: readonly SharedAtom[];
}

/**
 * Broadcasts views to one shape and cuts their axes into the same atoms. Views whose cuts do not fit
 * each other (6 = 2 x 3 in one, 3 x 2 in the other) are first given plain axes.
 */
export function aligned(
  graph: GraphBuilder,
  views: readonly View[],
  shape: readonly number[],
): Aligned {
  const wide = views.map((view) => broadcastTo(view, shape));
  const atoms = commonAtoms(wide);
  if (atoms !== undefined) return { views: wide, atoms };
  const plain = wide.map((view) => simplified(graph, view));
  return { views: plain, atoms: commonAtoms(plain)! };
}

function commonAtoms(views: readonly View[]): SharedAtom[] | undefined {
  const result: SharedAtom[] = [];
  for (const axis of views[0]!.axes.keys()) {
    const parts = commonCuts(views.map((view) => view.axes[axis]!));
    if (parts === undefined) return undefined;
    for (const part of parts)
      result.push({ axis, size: part[0]!.size, strides: part.map((atom) => atom.stride) });
  }
  return result;
}

/** Cuts axes of one size at the same places: for each piece, the atom of every axis. */
function commonCuts(axes: readonly Axis[]): Atom[][] | undefined {
  const waiting = axes.map((axis) => joined(axis).toReversed());
  const pieces: Atom[][] = [];
  let left = axisSize(axes[0]!);
  while (left > 1) {
    const heads = waiting.map((atoms) => atoms.pop()!);
    const size = Math.min(...heads.map((head) => head.size));
    if (heads.some((head) => head.size % size !== 0)) return undefined;
    pieces.push(heads.map((head) => ({ size, stride: head.stride * (head.size / size) })));
    for (const [i, head] of heads.entries())
      if (head.size > size) waiting[i]!.push({ size: head.size / size, stride: head.stride });
    left /= size;
  }
  return pieces;
}

/**
 * Reads a contiguous tensor, whose elements run through `order` from slow to fast, back into axes.
 * Atoms that are not in `order` repeat.
 */
export function axesOver(
  rank: number,
  atoms: readonly SharedAtom[],
  order: readonly SharedAtom[],
): Axis[] {
  const strides = new Map<SharedAtom, number>();
  let stride = 1;
  for (const atom of order.toReversed()) {
    strides.set(atom, stride);
    stride *= atom.size;
  }
  const axes = Array.from({ length: rank }, (): Atom[] => []);
  for (const atom of atoms)
    axes[atom.axis]!.push({ size: atom.size, stride: strides.get(atom) ?? 0 });
  return axes.map(joined);
}

/** The atoms as the `index`-th view steps through them. */
export function atomsOf(atoms: readonly SharedAtom[], index: number): Atom[] {
  return atoms.map((atom) => ({ size: atom.size, stride: atom.strides[index]! }));
}

export function totalSize(atoms: readonly SharedAtom[]): number {
  return atoms.reduce((product, atom) => product * atom.size, 1);
}
