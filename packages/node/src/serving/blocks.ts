import type { RawColumn, RawTable, WantedColumn } from "@atoll/core/data";
import { distinctColumns, streamTable, unpackText, type SourceConfig } from "../sources/index.ts";

export interface BlockOptions {
  readonly client: string;
  /** What the model reads. */
  readonly served: readonly WantedColumn[];
  /** Columns that are handed on as they stand. */
  readonly keep: readonly string[];
  readonly signal?: AbortSignal;
  readonly onRows?: (numRows: number) => void;
}

/** Some rows of a file: what the model reads, and what is handed on. */
export interface RowsBlock {
  /** Rows of the file that these were made of. */
  readonly fileRows: number;
  readonly numRows: number;
  readonly table: RawTable;
  readonly kept: Readonly<Record<string, RawColumn>>;
}

/** New rows block by block, each with dictionaries of its own, so that none grows with the file. */
export async function* rowBlocks(
  source: SourceConfig,
  { client, served, keep, signal, onRows }: BlockOptions,
): AsyncGenerator<RowsBlock, void, undefined> {
  const texts = keep.map(
    (name): WantedColumn =>
      served.find((column) => column.name === name && column.as === "text") ?? { name, as: "text" },
  );
  const wanted = distinctColumns([...served, ...texts]);
  const dictionaries = wanted.map((): string[] => []);
  const options = { client, columns: wanted, ...(signal && { signal }), ...(onRows && { onRows }) };
  for await (const block of streamTable(source, options)) {
    // Optional columns may not be there.
    const names = new Set(block.columns.map(({ name }) => name));
    const there = wanted.filter(({ name }) => names.has(name));
    const columns = block.columns.map((column, i): RawColumn => {
      if (column.kind === "number") return { kind: "number", values: column.values.slice() };
      unpackText(column.fresh, dictionaries[i]!);
      return ownDictionary(column.codes, dictionaries[i]!);
    });
    const { numRows } = block;
    const columnOf = ({ name, as }: WantedColumn) =>
      columns[there.findIndex((column) => column.name === name && column.as === as)]!;
    const byName = (those: readonly WantedColumn[]) =>
      Object.fromEntries(
        those
          .filter(({ name }) => names.has(name))
          .map((column) => [column.name, columnOf(column)]),
      );
    yield {
      fileRows: numRows,
      numRows,
      table: { numRows, columns: byName(served) },
      kept: byName(texts),
    };
  }
}

/** The column with no more values than its rows hold. */
function ownDictionary(codes: Int32Array, values: readonly string[]): RawColumn {
  const ownOf = new Map<number, number>();
  const own: string[] = [];
  const renumbered = codes.map((code) => {
    if (code < 0) return -1;
    let found = ownOf.get(code);
    if (found === undefined) {
      ownOf.set(code, (found = own.length));
      own.push(values[code]!);
    }
    return found;
  });
  return { kind: "text", codes: renumbered, values: own };
}
