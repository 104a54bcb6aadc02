import type { RawColumn, RawTable } from "@atoll/core/data";

/** Rows of a table as CSV lines, in pieces of about a megabyte, the header first unless it stands already. */
export function* csvLines(
  table: RawTable,
  rows: Iterable<number>,
  { header = true }: { readonly header?: boolean } = {},
): Generator<string> {
  const columns = Object.entries(table.columns);
  let piece = header ? `${columns.map(([name]) => field(name)).join(",")}\n` : "";
  // A dictionary is quoted once, not at every row.
  const writers = columns.map(([, column]) => writerOf(column));
  for (const row of rows) {
    for (let c = 0; c < writers.length; c++) piece += (c === 0 ? "" : ",") + writers[c]!(row);
    piece += "\n";
    if (piece.length < 2 ** 20) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

function writerOf(column: RawColumn): (row: number) => string {
  if (column.kind === "number") {
    const { values } = column;
    return (row) => (Number.isNaN(values[row]!) ? "" : String(values[row]));
  }
  const quoted = column.values.map(field);
  const { codes } = column;
  return (row) => (codes[row]! < 0 ? "" : quoted[codes[row]!]!);
}

/** Readers take an empty text for a missing one, quoted or not. */
function field(text: string): string {
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
