import { aucOf } from "./roc.ts";

/** Euclidean norms of how far the rows of a table moved, [rows]. */
export function rowMovements(
  before: Float32Array,
  after: Float32Array,
  width: number,
): Float64Array {
  if (before.length !== after.length)
    throw new RangeError(`${before.length} numbers before and ${after.length} after`);
  const movements = new Float64Array(before.length / width);
  for (let row = 0; row < movements.length; row++) {
    let squares = 0;
    for (let i = row * width; i < (row + 1) * width; i++) squares += (after[i]! - before[i]!) ** 2;
    movements[row] = Math.sqrt(squares);
  }
  return movements;
}

/** How well the rows that an update moves tell which values a client has. */
export interface ItemMembership {
  readonly held: number;
  readonly notHeld: number;
  /** Of a row that is held moving more than one that is not. Absent where all rows are, or none is. */
  readonly auc?: number;
  /** Rows that moved more than the threshold, and what they say. */
  readonly guessed: number;
  /** The share of guessed rows that are held; absent where none is guessed. */
  readonly precision?: number;
  /** The share of held rows that are guessed; absent where none is held. */
  readonly recall?: number;
}

/**
 * Guesses that a client has the values whose rows moved more than `threshold`; default: as many rows as it has
 * values, those that moved most, which is what an attacker does who knows that number.
 *
 * @param movements [rows]
 * @param held [rows], 1 where the client's training rows have the value
 */
export function itemMembership(
  movements: Float64Array,
  held: Uint8Array,
  threshold?: number,
): ItemMembership {
  const members = movements.filter((_, row) => held[row] === 1);
  const nonMembers = movements.filter((_, row) => held[row] === 0);
  const cut = threshold ?? cutOf(movements, members.length);
  const hits = members.filter((value) => value > cut).length;
  const guessed = hits + nonMembers.filter((value) => value > cut).length;
  return {
    held: members.length,
    notHeld: nonMembers.length,
    ...(members.length > 0 &&
      nonMembers.length > 0 && { auc: aucOf({ members, nonMembers }).value }),
    guessed,
    ...(guessed > 0 && { precision: hits / guessed }),
    ...(members.length > 0 && { recall: hits / members.length }),
  };
}

/** What no more than `count` movements are greater than. */
function cutOf(movements: Float64Array, count: number): number {
  return movements.toSorted().at(-1 - count) ?? -Infinity;
}
