/** A tensor in plain JavaScript, written for clarity alone: the judge of both executors. */
export interface Naive {
  readonly shape: readonly number[];
  readonly at: (index: readonly number[]) => number;
}

export function naive(shape: readonly number[], data: ArrayLike<number>): Naive {
  return {
    shape,
    at: (index) => data[index.reduce((flat, i, axis) => flat * shape[axis]! + i, 0)]!,
  };
}

export function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (prefixes, size) =>
      prefixes.flatMap((prefix) => Array.from({ length: size }, (_, i) => [...prefix, i])),
    [[]],
  );
}

export function flat(tensor: Naive): number[] {
  return indices(tensor.shape).map(tensor.at);
}

export function transposeNaive(x: Naive, perm: readonly number[]): Naive {
  return {
    shape: perm.map((axis) => x.shape[axis]!),
    at: (index) => x.at(x.shape.map((_, axis) => index[perm.indexOf(axis)]!)),
  };
}

export function reshapeNaive(x: Naive, shape: readonly number[]): Naive {
  return naive(shape, flat(x));
}

export function broadcastNaive(x: Naive, shape: readonly number[]): Naive {
  const missing = shape.length - x.shape.length;
  return {
    shape,
    at: (index) => x.at(x.shape.map((size, axis) => (size === 1 ? 0 : index[axis + missing]!))),
  };
}

export function pointwiseNaive(
  x: Naive,
  y: Naive,
  operate: (a: number, b: number) => number,
): Naive {
  const rank = Math.max(x.shape.length, y.shape.length);
  const size = (tensor: Naive, axis: number) =>
    tensor.shape[axis - rank + tensor.shape.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, axis) => Math.max(size(x, axis), size(y, axis)));
  const [a, b] = [broadcastNaive(x, shape), broadcastNaive(y, shape)];
  return { shape, at: (index) => operate(a.at(index), b.at(index)) };
}

export function sumNaive(x: Naive, axes: readonly number[]): Naive {
  const kept = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
  const summed = indices(axes.map((axis) => x.shape[axis]!));
  return {
    shape: kept.map((axis) => x.shape[axis]!),
    at: (index) =>
      summed.reduce((sum, inner) => {
        const full = x.shape.map((_, axis) =>
          axes.includes(axis) ? inner[axes.indexOf(axis)]! : index[kept.indexOf(axis)]!,
        );
        return sum + x.at(full);
      }, 0),
  };
}
