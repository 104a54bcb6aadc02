import type { HeldOutRows } from "./examples.ts";

/** At most `maxLists` of the ranked lists, evenly spaced, so the same ones every time; rows without lists are returned whole. */
export function limitLists(rows: HeldOutRows, maxLists: number): HeldOutRows {
  const { listStarts } = rows;
  const numLists = (listStarts?.length ?? 1) - 1;
  if (listStarts === undefined || numLists <= maxLists) return rows;
  const kept = Int32Array.from({ length: maxLists }, (_, l) =>
    Math.floor((l * numLists) / maxLists),
  );
  const starts = new Int32Array(maxLists + 1);
  kept.forEach((l, i) => (starts[i + 1] = starts[i]! + listStarts[l + 1]! - listStarts[l]!));
  return {
    numRows: starts[maxLists]!,
    listStarts: starts,
    examples: (lists) => rows.examples(lists?.map((l) => kept[l]!) ?? kept),
  };
}
