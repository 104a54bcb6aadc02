import type { LearnedVector } from "./types.ts";

/** The learned vectors of items, wherever they come from. An item of -1 is nobody's: zero, and nothing learned. */
export interface ItemRows {
  /** Entries of a vector. */
  readonly width: number;
  /** Whether every item has a row of its own, so that squares of rows' gradients add up to those of all. */
  readonly distinct: boolean;
  /** Called once before vectors are read of parameters that may have moved. */
  readonly begin?: () => void;
  /** [n] items to [n, width], which may be the front of a longer array. */
  readonly gather: (items: Int32Array, out: Float32Array) => void;
  /** Adds gradients [n, width] of vectors to those of everything that is learned. */
  readonly scatter: (items: Int32Array, gradient: Float32Array, sum: Float64Array) => void;
  /** Called once after the gradients of a sum were scattered. */
  readonly end?: (sum: Float64Array) => void;
}

type Place = LearnedVector["tables"][number];

function tableOf({ tables }: Pick<LearnedVector, "tables">, name: string): Place {
  const found = tables.find((table) => table.name === name);
  if (found === undefined) throw new RangeError(`nothing is learned in a table ${name}`);
  return found;
}

/** A row for each item, of the table `items`. */
export function itemTableRows({
  values,
  tables,
}: Pick<LearnedVector, "values" | "tables">): ItemRows {
  const { offset, width } = tableOf({ tables }, "items");
  return {
    width,
    distinct: true,
    gather: (items, out) => gatherRows(items, { values, offset, width }, out),
    scatter: (items, gradient, sum) => {
      for (let i = 0; i < items.length; i++) {
        const item = items[i]!;
        if (item < 0) continue;
        const to = offset + item * width;
        const from = i * width;
        for (let k = 0; k < width; k++) sum[to + k]! += gradient[from + k]!;
      }
    },
  };
}

/** Copies rows of a table that begins at `offset`. */
export function gatherRows(
  items: Int32Array,
  {
    values,
    offset = 0,
    width,
  }: { readonly values: Float32Array; readonly offset?: number; readonly width: number },
  out: Float32Array,
): void {
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    const to = i * width;
    if (item < 0) {
      for (let k = 0; k < width; k++) out[to + k] = 0;
      continue;
    }
    const from = offset + item * width;
    for (let k = 0; k < width; k++) out[to + k] = values[from + k]!;
  }
}

/**
 * The sum of the rows of an item's codes, of the table `codes` [levels * size, width]: items with a code in
 * common learn from one another. `codes` is [items * levels], row by row.
 */
export function codeRows(
  { values, tables }: Pick<LearnedVector, "values" | "tables">,
  {
    codes,
    levels,
    size,
  }: { readonly codes: Int32Array; readonly levels: number; readonly size: number },
): ItemRows {
  const { offset, width } = tableOf({ tables }, "codes");
  const rowOf = (item: number, level: number) =>
    offset + (level * size + codes[item * levels + level]!) * width;
  return {
    width,
    distinct: false,
    gather: (items, out) => {
      for (let i = 0; i < items.length; i++) {
        const to = i * width;
        for (let k = 0; k < width; k++) out[to + k] = 0;
        for (let level = 0; level < levels && items[i]! >= 0; level++) {
          const from = rowOf(items[i]!, level);
          for (let k = 0; k < width; k++) out[to + k]! += values[from + k]!;
        }
      }
    },
    scatter: (items, gradient, sum) => {
      for (let i = 0; i < items.length; i++)
        for (let level = 0; level < levels && items[i]! >= 0; level++) {
          const to = rowOf(items[i]!, level);
          for (let k = 0; k < width; k++) sum[to + k]! += gradient[i * width + k]!;
        }
    },
  };
}
