import { AtollError, nearest, type ErrorCode } from "../../errors/index.ts";
import type { SplitRules } from "../rules.ts";
import type { RawTable } from "../table.ts";
import type { SplitConfig } from "./config.ts";
import { partsOf, TEST, TRAIN, VALID, type Parts, type SplittableRows } from "./split.ts";

type Given = Extract<SplitConfig, { readonly kind: "given" }>;

/** [numRows of the table], the part that each row's value names; any other value is a problem. */
export function givenParts(
  table: RawTable,
  { client }: Pick<SplitRules, "client">,
  given: Given,
): { readonly part: Uint8Array; readonly problems: readonly AtollError[] } {
  const part = new Uint8Array(table.numRows);
  const refused = (code: ErrorCode, text: string) => ({
    part,
    problems: [new AtollError(code, `client "${client}": ${text}`)],
  });
  const column = Object.hasOwn(table.columns, given.column)
    ? table.columns[given.column]
    : undefined;
  if (column === undefined) {
    const existing = Object.keys(table.columns);
    const close = nearest(given.column, existing);
    return refused(
      "DATA_MISSING_COLUMN",
      `no column "${given.column}" for split.column${close ? `; did you mean "${close}"?` : ""}; there are: ${existing.join(", ")}`,
    );
  }
  if (column.kind !== "text")
    return refused(
      "DATA_COLUMN_TYPE",
      `column "${given.column}" holds ${column.kind} values, split.column needs text values; name another column, or have the file read it as text`,
    );
  const partOfName = new Map<string, number>();
  for (const [names, number] of [
    [given.train, TRAIN],
    [given.valid, VALID],
    [given.test, TEST],
  ] as const)
    for (const name of [names].flat()) partOfName.set(name, number);
  const partOfCode = column.values.map((value) => partOfName.get(value));
  let strange = 0;
  let first = -1;
  for (let row = 0; row < table.numRows; row++) {
    const named = partOfCode[column.codes[row]!];
    if (named !== undefined) part[row] = named;
    else if (strange++ === 0) first = row;
  }
  if (strange === 0) return { part, problems: [] };
  const value = column.values[column.codes[first]!];
  return refused(
    "DATA_SPLIT_VALUE",
    `column "${given.column}" names no part in ${strange} of ${table.numRows} rows, first ${value === undefined ? "an empty value" : `"${value}"`} in row ${first + 1}; parts are ${[...partOfName.keys()].map((name) => `"${name}"`).join(", ")}: set split.train, split.valid and split.test to the column's values, or filter these rows`,
  );
}

/** Every row where the data say. */
export function givenSplit({ given }: SplittableRows): Parts {
  return partsOf(given!, []);
}
