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
    collectors ??= block.columns.map(collectorOf);
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

function collectorOf({ kind, name }: BlockColumn): Collector {
  if (kind === "number") {
    const parts: Float64Array[] = [];
    return {
      name,
      take: (column) => column.kind === "number" && parts.push(column.values.slice()),
      done: () => ({ kind, values: joined(parts, Float64Array) }),
    };
  }
  const parts: Int32Array[] = [];
  const values: string[] = [];
  return {
    name,
    take: (column) => {
      if (column.kind !== "text") return;
      parts.push(column.codes.slice());
      unpackText(column.fresh, values);
    },
    done: () => ({ kind, codes: joined(parts, Int32Array), values }),
  };
}

function joined<T extends Int32Array | Float64Array>(
  parts: T[],
  make: new (length: number) => T,
): T {
  const whole = new make(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  parts.length = 0;
  return whole;
}
