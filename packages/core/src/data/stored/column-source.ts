import type { RawColumn, RawTable } from "../table.ts";

/** A table that is read where it is needed, from disk: never whole. */
export interface ColumnSource {
  readonly numRows: number;
  readonly columns: readonly { readonly name: string; readonly kind: RawColumn["kind"] }[];
  /** Rows `start` to `start + count` of a column: codes to an Int32Array, numbers to a Float64Array. */
  readonly readColumn: (
    name: string,
    start: number,
    count: number,
    out: Int32Array | Float64Array,
  ) => void;
  /** The texts of a text column by code. */
  readonly valuesOf: (name: string) => readonly string[];
}

/** Dictionaries are read once, and are the same arrays in every block: what is known of one is kept by it. */
const dictionaries = new WeakMap<ColumnSource, Map<string, readonly string[]>>();

function dictionaryOf(source: ColumnSource, name: string): readonly string[] {
  let known = dictionaries.get(source);
  if (known === undefined) dictionaries.set(source, (known = new Map()));
  let values = known.get(name);
  if (values === undefined) known.set(name, (values = source.valuesOf(name)));
  return values;
}

/** Some rows as a table. */
export function blockOf(source: ColumnSource, start: number, count: number): RawTable {
  const columns = source.columns.map(({ name, kind }): [string, RawColumn] => {
    if (kind === "text") {
      const codes = new Int32Array(count);
      source.readColumn(name, start, count, codes);
      return [name, { kind, codes, values: dictionaryOf(source, name) }];
    }
    const values = new Float64Array(count);
    source.readColumn(name, start, count, values);
    return [name, { kind, values }];
  });
  return { numRows: count, columns: Object.fromEntries(columns) };
}

/** Rows of a block that is read at once. */
export const BLOCK_ROWS = 65_536;

/** The whole table, block by block. */
export function* blocksOf(
  source: ColumnSource,
): Generator<{ readonly start: number; readonly table: RawTable }> {
  for (let start = 0; start < source.numRows; start += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, source.numRows - start);
    yield { start, table: blockOf(source, start, count) };
  }
}
