import type { EmbeddingTable } from "./table.ts";

/**
 * Which rows of a table a batch reads, in buffers that the next batch overwrites. One entry reads one row:
 * an example's value of one feature, one element of a sequence, or one member of a bag.
 */
export interface Lookup {
  readonly table: EmbeddingTable;
  /** Entries in use. */
  numEntries: number;
  /** [capacity], of which `numEntries` are valid: the table row of each entry. */
  readonly rows: Int32Array;
  /** [capacity]: where in `distinct` an entry's row stands, or -1 for padding. */
  readonly slots: Int32Array;
  /** Distinct rows, padding left out (see `distinguish`). */
  numDistinct: number;
  /** [capacity], of which `numDistinct` are valid: distinct rows, in order of first appearance. */
  readonly distinct: Int32Array;
  /** Bags of entries that enter the program as one vector each; absent where every entry is one. */
  readonly bags?: Bags;
}

/** How entries are pooled: bag b holds the entries from `starts[b]` to `starts[b + 1]`. */
export interface Bags {
  readonly pooling: "sum" | "mean";
  /** Bags in use. */
  numBags: number;
  /** [bags + 1] */
  readonly starts: Int32Array;
}

/** Buffers for at most `capacity` entries; with `bags`, for so many bags of them. */
export function createLookup(
  table: EmbeddingTable,
  capacity: number,
  bags?: { readonly pooling: "sum" | "mean"; readonly capacity: number },
): Lookup {
  const { int32 } = table.arena;
  return {
    table,
    numEntries: 0,
    rows: int32(capacity),
    slots: int32(capacity),
    numDistinct: 0,
    distinct: int32(Math.min(capacity, table.numRows)),
    ...(bags && {
      bags: { pooling: bags.pooling, numBags: 0, starts: int32(bags.capacity + 1) },
    }),
  };
}

/** The column and offset of each of an example's entries, as the kernel reads them. */
const layouts = new WeakMap<EmbeddingTable, { columns: Int32Array; offsets: Int32Array }>();

function layoutOf(table: EmbeddingTable): { columns: Int32Array; offsets: Int32Array } {
  let layout = layouts.get(table);
  if (layout === undefined) {
    const { int32 } = table.arena;
    layout = { columns: int32(table.numEntries), offsets: int32(table.numEntries) };
    const entries = table.features.flatMap(({ column, length, offset }) =>
      Array.from({ length }, (_, i) => ({ column: column + i, offset })),
    );
    layout.columns.set(entries.map(({ column }) => column));
    layout.offsets.set(entries.map(({ offset }) => offset));
    layouts.set(table, layout);
  }
  return layout;
}

/**
 * Looks up a batch: example b's entries are its values of the table's features, one feature after
 * another, a feature of length L taking L of them. `categorical` is [numExamples, numColumns] as a batch
 * holds it, all features of the schema, in the table's arena.
 */
export function lookUp(lookup: Lookup, categorical: Int32Array, numExamples: number): void {
  const { table, rows, slots } = lookup;
  const { numColumns } = table;
  const { address, kernels } = table.arena;
  const numEntries = numExamples * table.numEntries;
  if (categorical.length < numExamples * numColumns || rows.length < numEntries)
    throw new RangeError(
      `lookup in "${table.name}": ${numExamples} examples of ${table.numEntries} values, but ` +
        `${categorical.length} categorical values of ${numColumns} per example and room for ${rows.length} entries`,
    );
  const { columns, offsets } = layoutOf(table);
  kernels.rowsOf(
    address(categorical),
    numExamples,
    numColumns,
    address(columns),
    address(offsets),
    table.numEntries,
    address(rows),
    address(slots),
  );
  lookup.numEntries = numEntries;
}

/**
 * Looks up values of one feature: the elements of sequences, [examples, length] one after another, or the
 * members of bags, where `lookup.bags` says which belongs to which. Value 0 is padding.
 */
export function lookUpValues(
  lookup: Lookup,
  feature: { readonly offset: number },
  values: Int32Array,
  numEntries: number,
): void {
  const { table, rows, slots } = lookup;
  if (values.length < numEntries || rows.length < numEntries)
    throw new RangeError(
      `lookup in "${table.name}": ${numEntries} entries, but ${values.length} values and room for ${rows.length}`,
    );
  for (let i = 0; i < numEntries; i++) {
    rows[i] = feature.offset + values[i]!;
    slots[i] = values[i] === 0 ? -1 : 0;
  }
  lookup.numEntries = numEntries;
}

/** Numbers the distinct rows of a lookup, which training needs and scoring does not. Reads no values. */
export function distinguish(lookup: Lookup): void {
  const { table, numEntries, rows, slots, distinct } = lookup;
  const { address, kernels } = table.arena;
  lookup.numDistinct = kernels.distinctRows(
    address(rows),
    numEntries,
    address(table.slotOfRow),
    address(distinct),
    address(slots),
  );
}
