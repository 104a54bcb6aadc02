import { numpy as np } from "@jax-js/jax";

/**
 * Squared norms [units, 1] of each unit's gradient of a table: entries of a unit that read the same table
 * row add up before they are squared.
 *
 *   s_u = sum_{table rows r} | sum_{entries i of u that read r} G_i |^2
 *
 * `gradient` is [units, rows, values, width]. `slots` [units, rows, values] tells which entries read the
 * same row: among the entries of one vocabulary, row by row, the place of the first one that reads it; -1
 * for padding, which counts for nothing. `occurrences` lists the values of each vocabulary.
 */
export function tableSquares(
  gradient: np.Array,
  slots: np.Array,
  occurrences: readonly (readonly number[])[],
): np.Array {
  const [units, rows] = gradient.shape as [number, number];
  const single = occurrences.filter((positions) => positions.length === 1).flat();
  const parts: np.Array[] = [];
  if (single.length > 0) {
    const own = valuesAt(gradient, single);
    const place = valuesAt(slots, single);
    if (rows === 1) {
      const present = np.greaterEqual(place, 0).astype(np.float32);
      const squares = np.sum(np.square(own), 3).mul(present);
      parts.push(np.sum(squares.reshape([units, -1]), 1, { keepdims: true }));
    } else
      parts.push(
        summedSquares(np.transpose(own, [0, 2, 1, 3]), np.transpose(place, [0, 2, 1]), units),
      );
  }
  for (const positions of occurrences) {
    if (positions.length === 1) continue;
    const entries = rows * positions.length;
    const own = valuesAt(gradient, positions).reshape([units, 1, entries, -1]);
    parts.push(summedSquares(own, valuesAt(slots, positions).reshape([units, 1, entries]), units));
  }
  return parts.reduce((sum, part) => sum.add(part));
}

/** `own` [units, groups, entries, width], `place` [units, groups, entries]; within each group. */
function summedSquares(own: np.Array, place: np.Array, units: number): np.Array {
  const entries = own.shape[2]!;
  const slot = np.arange(entries).astype(np.float32).reshape([1, 1, entries, 1]);
  const reads = np.equal(np.expandDims(place, 2), slot).astype(np.float32);
  return squaresOf(np.matmul(reads, own), units);
}

function squaresOf(x: np.Array, units: number): np.Array {
  return np.sum(np.square(x.reshape([units, -1])), 1, { keepdims: true });
}

/** The given values of an array [units, rows, values, ...]. */
function valuesAt(x: np.Array, positions: readonly number[]): np.Array {
  const first = positions[0]!;
  const isRun = positions.every((position, i) => position === first + i);
  if (isRun && positions.length === x.shape[2]) return x;
  const parts = isRun
    ? [x.slice([], [], [first, first + positions.length])]
    : positions.map((position) => x.slice([], [], [position, position + 1]));
  return parts.length === 1 ? parts[0]! : np.concatenate(parts, 2);
}
