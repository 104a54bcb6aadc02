import { encodeColumns, type Encoder, type KnownRows } from "../encoder.ts";
import type { EncodedRows } from "../examples.ts";
import { applyRoles } from "../roles.ts";
import { blockOf } from "./column-source.ts";
import { rulesOf, type StoredClient } from "./fit-stored.ts";

/** Rows that are read and encoded at once: random access reads so many for one. */
export const CHUNK_ROWS = 8192;
/** Chunks that a pass shuffles together. */
export const POOL_CHUNKS = 16;
/** Chunks held in memory: a pool, and what is left of the one before. */
const HELD_CHUNKS = 2 * POOL_CHUNKS + 1;

/**
 * The rows of clients on disk, one client after another, as if they were encoded rows in memory: `seek`
 * reads and encodes the chunk of a row where it is not held, and forgets the one that was not asked for
 * the longest.
 */
export function storedRows(clients: readonly StoredClient[], encoder: Encoder): EncodedRows {
  const offsets: number[] = [];
  let numRows = 0;
  for (const { source } of clients) {
    offsets.push(numRows);
    numRows += source.numRows;
  }
  const numNumeric = encoder.numeric.length;
  const width = encoder.categorical.reduce(
    (sum, { rule }) => sum + (rule.kind === "list" ? rule.length : 1),
    0,
  );
  const categorical = new Int32Array(HELD_CHUNKS * CHUNK_ROWS * width);
  const numeric = new Float32Array(HELD_CHUNKS * CHUNK_ROWS * numNumeric);
  /** Slot of a chunk by its key, the least recently used first. */
  const slots = new Map<string, number>();
  const known: KnownRows[] = clients.map(() => new Map());
  let last = { first: 0, end: 0, slot: 0 };

  const load = (client: number, chunk: number, slot: number) => {
    const own = clients[client]!;
    const start = chunk * CHUNK_ROWS;
    const count = Math.min(CHUNK_ROWS, own.source.numRows - start);
    const roles = applyRoles(blockOf(own.source, start, count), rulesOf(own));
    const encoded = encodeColumns(
      encoder,
      { client: own.split.client, ...roles },
      count,
      known[client],
    );
    categorical.set(encoded.categorical, slot * CHUNK_ROWS * width);
    numeric.set(encoded.numeric, slot * CHUNK_ROWS * numNumeric);
  };

  return {
    numRows,
    categorical,
    numeric,
    width,
    seek: (row) => {
      if (row < last.first || row >= last.end) {
        let client = clients.length - 1;
        while (offsets[client]! > row) client -= 1;
        const chunk = Math.floor((row - offsets[client]!) / CHUNK_ROWS);
        const key = `${client} ${chunk}`;
        let slot = slots.get(key);
        if (slot === undefined) {
          const oldest = slots.keys().next();
          if (slots.size < HELD_CHUNKS || oldest.done === true) slot = slots.size;
          else {
            slot = slots.get(oldest.value)!;
            slots.delete(oldest.value);
          }
          load(client, chunk, slot);
        } else slots.delete(key);
        slots.set(key, slot);
        const first = offsets[client]! + chunk * CHUNK_ROWS;
        last = {
          first,
          end: Math.min(first + CHUNK_ROWS, offsets[client]! + clients[client]!.source.numRows),
          slot,
        };
      }
      return last.slot * CHUNK_ROWS + row - last.first;
    },
  };
}
