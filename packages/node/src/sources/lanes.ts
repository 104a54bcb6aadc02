import { availableParallelism } from "node:os";
import { startThread } from "../threads/index.ts";
import { createInterner } from "./interner.ts";

/** The memory in which one block of text columns is handed over: cells in, codes out. */
export interface TextBlock {
  /** Per column, four words a cell. */
  readonly cells: readonly Int32Array[];
  readonly codes: readonly Int32Array[];
}

export type LaneCall =
  | { readonly kind: "open"; readonly blocks: readonly TextBlock[] }
  | { readonly kind: "encode"; readonly block: number; readonly numRows: number };

/** Encodes blocks one after another, each of its columns in its own dictionary. */
export interface Lanes {
  /** The rows with new texts, per column. Calls are answered in their order. */
  readonly encode: (block: number, numRows: number) => Promise<readonly Int32Array[]>;
  readonly close: () => Promise<void>;
}

/** A lane: what one thread does for its columns. */
export function createLane(blocks: readonly TextBlock[]) {
  const interners = blocks[0]!.cells.map(() => createInterner());
  return (block: number, numRows: number): Int32Array[] => {
    const { cells, codes } = blocks[block]!;
    return interners.map((interner, i) => interner.encode(cells[i]!, codes[i]!, numRows));
  };
}

/** Less than this is encoded sooner than a thread has started. */
const WORTH_THREADS_BYTES = 32 * 2 ** 20;

/** As many threads as this source is worth, beside those of DuckDB; 0 for none. */
export function lanesFor(bytes: number, numTextColumns: number): number {
  if (bytes < WORTH_THREADS_BYTES) return 0;
  return Math.min(numTextColumns, 4, Math.floor(availableParallelism() / 2));
}

/** Deals the columns to so many threads, or encodes in this one where there are none. */
export function startLanes(blocks: readonly TextBlock[], numThreads: number): Lanes {
  if (numThreads === 0) {
    const lane = createLane(blocks);
    return { encode: async (block, numRows) => lane(block, numRows), close: async () => {} };
  }
  const numColumns = blocks[0]!.cells.length;
  const url = new URL("./lane-thread.ts", import.meta.url);
  const lanes = Array.from({ length: numThreads }, (_, lane) => {
    const own = Array.from({ length: numColumns }, (__, i) => i).filter(
      (i) => i % numThreads === lane,
    );
    const thread = startThread<LaneCall>(url);
    const opened = thread.call({
      kind: "open",
      blocks: blocks.map(({ cells, codes }) => ({
        cells: own.map((i) => cells[i]!),
        codes: own.map((i) => codes[i]!),
      })),
    });
    // A failure is met by the first block.
    opened.catch(() => {});
    return { own, thread, opened };
  });
  return {
    encode: async (block, numRows) => {
      const fresh: Int32Array[] = [];
      await Promise.all(
        lanes.map(async ({ own, thread, opened }) => {
          await opened;
          const rows = (await thread.call({ kind: "encode", block, numRows })) as Int32Array[];
          own.forEach((column, i) => (fresh[column] = rows[i]!));
        }),
      );
      return fresh;
    },
    close: async () => {
      await Promise.all(lanes.map(({ thread }) => thread.close()));
    },
  };
}
