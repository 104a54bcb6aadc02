import {
  columnsOf,
  encodeColumns,
  keptValues,
  lengthOf,
  splitList,
  type ColumnsConfig,
  type RawColumn,
  type RawTable,
} from "../../data/index.ts";
import type { KeptModel } from "../../methods/index.ts";
import { newRows } from "../features.ts";
import { givenHistories, HISTORY_COLUMN, separatorOf } from "../histories.ts";
import type { ExportInput } from "./inputs.ts";

/** One input of an exported model, filled. */
export type Feed =
  | { readonly type: "string"; readonly data: readonly string[]; readonly shape: readonly number[] }
  | { readonly type: "float64"; readonly data: Float64Array; readonly shape: readonly number[] }
  | { readonly type: "int64"; readonly data: BigInt64Array; readonly shape: readonly number[] };

export interface FeedOptions {
  readonly kept: Pick<KeptModel, "encoder" | "schema">;
  readonly columns: ColumnsConfig;
  readonly client: string;
}

/** Raw rows as an exported model takes them: what whoever calls it does in their own language. */
export function feedsOf(
  inputs: readonly ExportInput[],
  table: RawTable,
  options: FeedOptions,
): Readonly<Record<string, Feed>> {
  return Object.fromEntries(inputs.map((input) => [input.name, feedOf(input, table, options)]));
}

function feedOf(input: ExportInput, table: RawTable, options: FeedOptions): Feed {
  const { numRows } = table;
  switch (input.kind) {
    case "text":
      return strings([numRows], (row) => [textAt(table, input.column, row) ?? ""]);
    case "number":
    case "time":
      return {
        type: "float64",
        data: numbersIn(table.columns[input.column]!).slice(),
        shape: [numRows],
      };
    case "texts": {
      const { column, length, padding } = input;
      return strings([numRows, length], (row) => {
        const text = textAt(table, column, row);
        const rule = { ...input, kind: "list" as const };
        // Histories may stand in brackets, whatever the separator.
        const own =
          text === undefined
            ? []
            : keptValues(text, { ...rule, separator: separatorIn(input, text) });
        const blanks = Array<string>(length - own.length).fill("");
        return padding === "start" ? [...blanks, ...own] : [...own, ...blanks];
      });
    }
    case "codes":
      return strings([numRows, input.length], (row) => {
        const text = textAt(table, input.column, row);
        return text === undefined
          ? Array<string>(input.length).fill("")
          : splitList(text, input.separator);
      });
    case "numbers": {
      const data = new Float64Array(numRows * input.length).fill(NaN);
      for (let row = 0; row < numRows; row++) {
        const text = textAt(table, input.column, row);
        if (text !== undefined)
          data.set(splitList(text, input.separator).map(Number), row * input.length);
      }
      return { type: "float64", data, shape: [numRows, input.length] };
    }
    case "hash":
    case "hashes":
      return hashed(input, table, options);
  }
}

type HashInput = Extract<ExportInput, { readonly kind: "hash" | "hashes" }>;

/** The table rows of hashed values, as `encodeColumns` finds them. */
function hashed(
  input: HashInput,
  table: RawTable,
  { kept: { encoder }, columns, client }: FeedOptions,
): Feed {
  const { numRows } = table;
  const length = input.kind === "hash" ? 1 : input.length;
  const shape = input.kind === "hash" ? [numRows] : [numRows, length];
  const data = new BigInt64Array(numRows * length);
  const { features, history } = newRows(columns, table, client);
  const index = encoder.schema.categorical.findIndex(({ name }) => name === input.feature);
  const feature = encoder.schema.categorical[index]!;
  if (encoder.categorical.every(({ name }) => name !== input.feature)) {
    // Only a history is made of another feature's values.
    const { items, starts, ends } = givenHistories(history!, { encoder, client, length });
    for (let row = 0; row < numRows; row++) {
      const size = ends[row]! - starts[row]!;
      for (let i = 0; i < size; i++)
        data[row * length + length - size + i] = BigInt(items[starts[row]! + i]!);
    }
    return { type: "int64", data, shape };
  }
  const { categorical, width } = encodeColumns(encoder, features, numRows);
  const start = columnsOf(encoder.schema)[index]!;
  for (let row = 0; row < numRows; row++)
    for (let i = 0; i < lengthOf(feature); i++)
      data[row * length + i] = BigInt(categorical[row * width + start + i]!);
  return { type: "int64", data, shape };
}

function separatorIn(
  { separator, column }: Extract<ExportInput, { readonly kind: "texts" }>,
  text: string,
): string {
  return column === HISTORY_COLUMN ? separatorOf(text) : separator;
}

function strings(shape: readonly number[], valuesOf: (row: number) => readonly string[]): Feed {
  const data = Array.from({ length: shape[0]! }, (_, row) => valuesOf(row)).flat();
  return { type: "string", data, shape };
}

function textAt(table: RawTable, column: string, row: number): string | undefined {
  const found = table.columns[column];
  if (found?.kind !== "text") throw new TypeError(`the column ${column} holds no text`);
  const code = found.codes[row]!;
  return code < 0 ? undefined : found.values[code]!;
}

function numbersIn(column: RawColumn): Float64Array {
  if (column.kind !== "number") throw new TypeError("a column of numbers holds text");
  return column.values;
}
