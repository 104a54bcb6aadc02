import type { Histories } from "./examples.ts";

/** Stretches of users' training sequences: window w is items[starts[w]] to items[ends[w] - 1]. */
export interface SequenceWindows {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** The user of each window, in the numbering of `userStarts`. */
  readonly users: Int32Array;
}

/**
 * Cuts every user's sequence into windows of at most `size` items, from its end backwards, which overlap
 * by `overlap`: where each position predicts the next, an overlap of 1 makes every item but the first a
 * target once. Windows of fewer than `least` items are left out.
 */
export function sequenceWindows(
  { userStarts, userEnds }: Pick<Histories, "userStarts" | "userEnds">,
  {
    size,
    overlap,
    least,
  }: { readonly size: number; readonly overlap: number; readonly least: number },
): SequenceWindows {
  const starts: number[] = [];
  const ends: number[] = [];
  const users: number[] = [];
  for (let u = 0; u < userStarts.length; u++)
    for (let end = userEnds[u]!; end - userStarts[u]! >= least; end -= size - overlap) {
      starts.push(Math.max(userStarts[u]!, end - size));
      ends.push(end);
      users.push(u);
      if (end - size <= userStarts[u]!) break;
    }
  return {
    starts: Int32Array.from(starts),
    ends: Int32Array.from(ends),
    users: Int32Array.from(users),
  };
}
