import type { EmbeddingTable, Lookup } from "../../embedding/index.ts";

/**
 * Tells which entries of a unit read the same table row: writes, for every entry of a lookup of whole units,
 * the place of the first entry of its unit and vocabulary that reads its row, places counting row by row;
 * -1 for padding.
 */
export type SlotWriter = (lookup: Lookup, into: Float32Array) => void;

export function slotWriter(table: EmbeddingTable, rowsPerUnit: number): SlotWriter {
  const { numEntries } = table;
  const vocabularies = table.features.flatMap(({ vocabulary, length }) =>
    Array.from({ length }, () => vocabulary),
  );
  if (rowsPerUnit === 1 && new Set(vocabularies).size === numEntries) return writePresence;
  // An entry's place in row k of a unit: first + k * stride.
  const counts = new Map<string, number>();
  const first = Int32Array.from(vocabularies, (vocabulary) => {
    const place = counts.get(vocabulary) ?? 0;
    counts.set(vocabulary, place + 1);
    return place;
  });
  const stride = Int32Array.from(vocabularies, (vocabulary) => counts.get(vocabulary)!);
  const perUnit = rowsPerUnit * numEntries;
  // Of each table row, where it was last read: below `base`, by a unit before.
  const lastPlace = new Int32Array(table.numRows).fill(-1);
  let base = 0;
  return ({ rows, slots, numEntries: total }, into) => {
    for (let i = 0; i < total;) {
      base += perUnit;
      if (base > 2 ** 31 - 1 - perUnit) {
        lastPlace.fill(-1);
        base = 0;
      }
      for (let k = 0; k < rowsPerUnit; k++)
        for (let value = 0; value < numEntries; value++, i++) {
          if (slots[i]! < 0) {
            into[i] = -1;
            continue;
          }
          const row = rows[i]!;
          if (lastPlace[row]! < base) lastPlace[row] = base + first[value]! + k * stride[value]!;
          into[i] = lastPlace[row]! - base;
        }
    }
  };
}

/** Where no two entries of a unit can read the same row. */
const writePresence: SlotWriter = ({ slots, numEntries }, into) => {
  for (let i = 0; i < numEntries; i++) into[i] = slots[i]! < 0 ? -1 : 0;
};
