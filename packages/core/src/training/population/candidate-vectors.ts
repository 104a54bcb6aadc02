import { itemProgram, type ChunkSizes } from "../../models/cross-domain/index.ts";
import { windows, type Executor } from "../../tensor/index.ts";
import { given } from "../step.ts";
import { gatherRows, type ItemRows } from "./item-rows.ts";
import type { LearnedVector } from "./types.ts";

/** Makes the vectors that queries are compared with. */
export interface CandidateVectors {
  /** Those of items `start` to `end - 1`, [end - start, width], of the parameters as they are. */
  readonly of: (start: number, end: number) => Promise<Float32Array>;
  readonly close: () => Promise<void>;
}

/** Items that go through the program at a time. */
const ITEMS = 1024;

export async function candidateVectors({
  sizes,
  learned,
  rows,
  publicVectors,
  executor,
}: {
  readonly sizes: ChunkSizes;
  readonly learned: Pick<LearnedVector, "layout" | "values">;
  readonly rows?: Pick<ItemRows, "gather"> | undefined;
  readonly publicVectors?: Float32Array | undefined;
  readonly executor: Executor;
}): Promise<CandidateVectors> {
  const { width, publicWidth } = sizes;
  const { layout, values } = learned;
  // Without public vectors, learned ones are compared as they are.
  const program =
    publicWidth > 0 ? await executor.load(itemProgram({ sizes, layout, items: ITEMS })) : undefined;
  const table = { values: publicVectors ?? new Float32Array(0), width: publicWidth };
  const block = new Int32Array(ITEMS);
  const blockRows = new Float32Array(rows === undefined ? 0 : ITEMS * width);
  const blockPublic = new Float32Array(ITEMS * publicWidth);

  const project = async (): Promise<Float32Array> => {
    if (program === undefined) return blockRows;
    gatherRows(block, table, blockPublic);
    const inputs = {
      ...windows(layout, values, "parameter"),
      public: blockPublic,
      rows: blockRows,
    };
    const { vectors } = await program.run(given(program.program.inputs, inputs));
    return vectors as Float32Array;
  };

  return {
    of: async (start, end) => {
      const out = new Float32Array((end - start) * width);
      for (let from = start; from < end; from += ITEMS) {
        const count = Math.min(ITEMS, end - from);
        for (let i = 0; i < ITEMS; i++) block[i] = i < count ? from + i : -1;
        rows?.gather(block, blockRows);
        out.set((await project()).subarray(0, count * width), (from - start) * width);
      }
      return out;
    },
    close: async () => {
      await program?.release();
    },
  };
}
