/**
 * Keeps one row of each repeated (user, item) pair. `rows` are in time order; the first or the last of
 * a pair stays, at its place.
 */
export function dropDuplicates(
  rows: Int32Array,
  user: Int32Array,
  item: Int32Array,
  rule: "first" | "last",
): Int32Array {
  const numItems = item.reduce((most, value) => Math.max(most, value), 0) + 1;
  const kept = new Map<number, number>();
  rows.forEach((row, i) => {
    const pair = user[i]! * numItems + item[i]!;
    if (rule === "last" || !kept.has(pair)) kept.set(pair, row);
  });
  const stays = new Set(kept.values());
  return rows.filter((row) => stays.has(row));
}
