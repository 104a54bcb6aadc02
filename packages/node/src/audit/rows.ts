import type { SplitClient, SplitSampling } from "@atoll/core/data";
import { shuffle, type RandomStream } from "@atoll/core/random";

/** The rows of one client that are attacked. */
export interface AttackedRows {
  /** Training rows of the run, ascending. */
  readonly members: Int32Array;
  /** Test rows of the run, ascending. */
  readonly nonMembers: Int32Array;
}

/** All attacked rows of a client, members first. */
export function allRows({ members, nonMembers }: AttackedRows): Int32Array {
  const rows = new Int32Array(members.length + nonMembers.length);
  rows.set(members);
  rows.set(nonMembers, members.length);
  return rows;
}

/** A client's rows with others in the parts; parts may not overlap. */
export function withParts(
  split: SplitClient,
  { train, test }: { readonly train: Int32Array; readonly test: Int32Array },
): SplitClient {
  return {
    ...split,
    train,
    test,
    counts: { ...split.counts, train: train.length, test: test.length },
    ...(split.sampling && { sampling: withoutCandidates(split.sampling, test.length) }),
  };
}

/** Held-out positives by themselves: an attack looks at the row, not at what it is ranked against. */
function withoutCandidates(sampling: SplitSampling, numLists: number): SplitSampling {
  const testCandidates = { offsets: new Int32Array(numLists + 1), items: new Int32Array(0) };
  return { ...sampling, testCandidates };
}

/** At most `most` of the rows, drawn at random, ascending. */
export function sampleRows(rows: Int32Array, most: number, stream: RandomStream): Int32Array {
  const order = rows.slice();
  shuffle(stream, order);
  return order.subarray(0, most).toSorted();
}

/** Some rows and the others, ascending: halves of one order, so that every row is in one of them. */
export function randomHalves(
  rows: Int32Array,
  stream: RandomStream,
): readonly [Int32Array, Int32Array] {
  const order = rows.slice();
  shuffle(stream, order);
  const half = order.length >>> 1;
  return [order.subarray(0, half).toSorted(), order.subarray(half).toSorted()];
}

/** The rows of either, ascending; none is in both. */
export function union(a: Int32Array, b: Int32Array): Int32Array {
  const both = new Int32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both.sort();
}

/** The rows of `rows` that are not in `others`. */
export function without(rows: Int32Array, others: Int32Array): Int32Array {
  const out = new Set(others);
  return rows.filter((row) => !out.has(row));
}
