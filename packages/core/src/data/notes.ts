import { pairKey } from "./duplicates.ts";
import type { Indexed } from "./index-values.ts";
import { duplicateRule, type SplitRules } from "./rules.ts";
import type { Parts } from "./split/split.ts";

/** What test rows have and have not in common with the rows before them. */
export function historyNotes(
  rules: SplitRules,
  parts: Parts,
  user: Indexed,
  item: Indexed,
): string[] {
  const { columns } = rules;
  const { train, test } = parts;
  const notes: string[] = [];
  const unseen = ({ index, count }: Indexed) => {
    const seen = new Uint8Array(count);
    for (const row of train) seen[index[row]!] = 1;
    return test.reduce((sum, row) => sum + 1 - seen[index[row]!]!, 0);
  };
  if (columns.user !== undefined && columns.item !== undefined && duplicateRule(rules) === "keep")
    notes.push(...repeatNotes(parts, user, item));
  if (columns.user !== undefined && unseen(user) > 0)
    notes.push(`${unseen(user)} of ${test.length} test rows belong to users without training rows`);
  if (columns.item !== undefined && unseen(item) > 0)
    notes.push(`${unseen(item)} of ${test.length} test rows show an item without training rows`);
  return notes;
}

function repeatNotes(parts: Parts, user: Indexed, item: Indexed): string[] {
  const numRows = user.index.length;
  const rows = Int32Array.from({ length: numRows }, (_, row) => row);
  const key = pairKey({ rows, user: user.index, item: item.index });
  const pairOf = (row: number) => key(user.index[row]!, item.index[row]!);
  const distinct = new Set<number>();
  for (const row of rows) distinct.add(pairOf(row));
  if (distinct.size === numRows) return [];
  const before = new Set<number>();
  for (const row of parts.train) before.add(pairOf(row));
  for (const row of parts.valid) before.add(pairOf(row));
  const known = parts.test.reduce((sum, row) => sum + (before.has(pairOf(row)) ? 1 : 0), 0);
  return [
    `${numRows - distinct.size} of ${numRows} rows repeat a (user, item) pair and were kept: in ${known} of ${parts.test.length} test rows the pair is also in training or validation`,
  ];
}
