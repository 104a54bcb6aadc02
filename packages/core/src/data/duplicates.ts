/** Rows by (user, item) pair, in time order. */
export interface PairedRows {
  /** Row numbers, in time order. */
  readonly rows: Int32Array;
  /** Dictionary codes or indices by row number, not below 0. */
  readonly user: Int32Array;
  readonly item: Int32Array;
}

/** A number per (user, item) pair, equal exactly for equal pairs. */
export function pairKey({ item }: PairedRows): (user: number, item: number) => number {
  let numItems = 1;
  for (const value of item) if (value >= numItems) numItems = value + 1;
  return (u, i) => u * numItems + i;
}

/** Keeps one row of each repeated (user, item) pair: the first or the last of a pair, at its place. */
export function dropDuplicates(paired: PairedRows, rule: "first" | "last"): Int32Array {
  const { rows, user, item } = paired;
  const key = pairKey(paired);
  const kept = new Map<number, number>();
  for (const row of rows) {
    const pair = key(user[row]!, item[row]!);
    if (rule === "last" || !kept.has(pair)) kept.set(pair, row);
  }
  return rows.filter((row) => kept.get(key(user[row]!, item[row]!)) === row);
}
