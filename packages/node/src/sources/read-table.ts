import type { RawColumn, RawTable } from "@atoll/core/data";
import type { SourceConfig } from "./config.ts";
import { unpackText } from "./packed-text.ts";
import { streamTable, type BlockColumn, type ReadOptions } from "./stream-table.ts";

/**
 * Reads the wanted columns of a client's source into memory, rows in their order. Text is kept as it stands
 * and dictionary-encoded in order of first appearance; times become seconds since 1970 (dates in UTC,
 * numbers as they are). What is no number or no time is an error with its first row.
 */
export async function readTable(config: SourceConfig, options: ReadOptions): Promise<RawTable> {
  let numRows = 0;
  let collectors: Collector[] | undefined;
  for await (const block of streamTable(config, options)) {
    collectors ??= block.columns.map((column) => collectorOf(column, block.totalRows ?? 0));
    block.columns.forEach((column, i) => collectors![i]!.take(column));
    numRows += block.numRows;
  }
  const columns: Record<string, RawColumn> = {};
  for (const { name, done } of collectors ?? []) columns[name] = done();
  return { numRows, columns };
}

interface Collector {
  readonly name: string;
  readonly take: (column: BlockColumn) => void;
  readonly done: () => RawColumn;
}

function collectorOf({ kind, name }: BlockColumn, expected: number): Collector {
  if (kind === "number") {
    const numbers = growing<Float64Array>(expected, (length) => new Float64Array(length));
    return {
      name,
      take: (column) => column.kind === "number" && numbers.append(column.values),
      done: () => ({ kind, values: numbers.done() }),
    };
  }
  const codes = growing<Int32Array>(expected, (length) => new Int32Array(length));
  const values: string[] = [];
  return {
    name,
    take: (column) => {
      if (column.kind !== "text") return;
      codes.append(column.codes);
      unpackText(column.fresh, values);
    },
    done: () => ({ kind, codes: codes.done(), values }),
  };
}

/** An array that grows by doubling; where its length was foreseen, nothing is ever copied twice. */
function growing<T extends Int32Array | Float64Array>(
  expected: number,
  make: (length: number) => T,
): { readonly append: (part: T) => void; readonly done: () => T } {
  let whole = make(expected);
  let length = 0;
  return {
    append: (part) => {
      if (length + part.length > whole.length) {
        const old = whole;
        whole = make(Math.max(length + part.length, 2 * old.length));
        whole.set(old.subarray(0, length));
      }
      whole.set(part, length);
      length += part.length;
    },
    done: () => (length === whole.length ? whole : (whole.slice(0, length) as T)),
  };
}
