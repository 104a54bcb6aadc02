import { columnsConfig, splitClient, type RawColumn, type SplitClient } from "../data/index.ts";

/** What happens in a domain: user, item, day, part, and the item's text (null: none). */
export type Row = readonly [
  user: string,
  item: string,
  day: number,
  part: "train" | "valid" | "test",
  text?: string | null,
];

/** A domain with the given parts; each list ranks the positive among at most so many other items. */
export function domainOfRows(client: string, rows: readonly Row[], candidates = 3): SplitClient {
  const withText = rows.some((row) => row.length > 4);
  return splitClient(
    {
      numRows: rows.length,
      columns: {
        user: text(rows.map(([user]) => user)),
        item: text(rows.map(([, item]) => item)),
        time: { kind: "number", values: Float64Array.from(rows, ([, , day]) => day) },
        part: text(rows.map(([, , , part]) => part)),
        title: text(rows.map((row) => row[4] ?? null)),
      },
    },
    {
      client,
      columns: columnsConfig.parse({
        user: "user",
        item: "item",
        time: "time",
        timeUnit: "days",
        ...(withText && { text: "title" }),
      }),
      feedback: "implicit",
      duplicates: "keep",
      split: { kind: "given", column: "part" },
      negatives: { evaluation: { count: candidates } },
    },
    1,
  );
}

function text(values: readonly (string | null)[]): RawColumn {
  const distinct = [...new Set(values.filter((value) => value !== null))];
  return {
    kind: "text",
    codes: Int32Array.from(values, (value) => (value === null ? -1 : distinct.indexOf(value))),
    values: distinct,
  };
}

/** Two domains: ann is in both, bob in the first alone, cem in the second alone. */
export function twoDomains(): readonly [SplitClient, SplitClient] {
  return [
    domainOfRows("food", [
      ["ann", "10", 1, "train", "green tea"],
      ["ann", "9", 3, "train", null],
      ["bob", "y", 1, "train", "salt"],
      ["bob", "9", 2, "train", "black tea"],
      ["bob", "10", 4, "valid", "another text"],
      ["ann", "x", 5, "test", "coffee"],
    ]),
    domainOfRows("kitchen", [
      ["cem", "pan", 1, "train"],
      ["cem", "cup", 2, "train"],
      ["ann", "pot", 3, "train"],
      ["ann", "pan", 3, "train"],
      ["ann", "lid", 4, "valid"],
      ["cem", "lid", 6, "test"],
    ]),
  ];
}
