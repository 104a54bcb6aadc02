import {
  splitList,
  tableRows,
  type Encoder,
  type Histories,
  type RawColumn,
} from "../data/index.ts";

/** The column of new rows that holds the items a user chose before, oldest first. */
export const HISTORY_COLUMN = "history";

/** The column of requests that holds what a user chose after what training knew, oldest first. */
export const SINCE_COLUMN = "since";

/**
 * Histories as new rows tell them: texts such as "a|b" or "[a, b]", oldest first, of which the last
 * `length` values count. A row without one has an empty history.
 */
export function givenHistories(
  column: RawColumn,
  { encoder, client, length }: { encoder: Encoder; client: string; length: number },
): Histories {
  if (column.kind !== "text")
    throw new TypeError(`the column "${HISTORY_COLUMN}" holds numbers, not lists of items`);
  const rowOf = tableRows(encoder, client, "item");
  const items: number[] = [];
  const begins = new Int32Array(column.values.length);
  const sizes = new Int32Array(column.values.length);
  column.values.forEach((text, code) => {
    const values = splitList(text, separatorOf(text)).slice(-length);
    begins[code] = items.length;
    sizes[code] = values.length;
    for (const value of values) items.push(rowOf(value));
  });
  const starts = column.codes.map((code) => (code < 0 ? 0 : begins[code]!));
  const none = new Int32Array(0);
  return {
    length,
    items: Int32Array.from(items),
    starts,
    ends: starts.map((start, row) => {
      const code = column.codes[row]!;
      return code < 0 ? start : start + sizes[code]!;
    }),
    userStarts: none,
    userEnds: none,
  };
}

/** Lists of JSON and Parquet stand in brackets, with commas. */
export function separatorOf(text: string): string {
  return text.trim().startsWith("[") ? "," : "|";
}
