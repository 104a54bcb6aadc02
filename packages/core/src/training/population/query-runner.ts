import type { Arena } from "../../kernels/index.ts";
import {
  queryProgram,
  type ChunkSizes,
  type CrossDomainModel,
} from "../../models/cross-domain/index.ts";
import { windows, type Executor } from "../../tensor/index.ts";
import { given } from "../step.ts";
import { gatherRows, type ItemRows } from "./item-rows.ts";
import { domainsOfItems } from "./negatives.ts";
import { sequenceFiller } from "./sequences.ts";
import { createSlots } from "./slots.ts";
import type { LearnedVector } from "./types.ts";

/** A user with a history of items[from] to items[to - 1], oldest first. */
export interface Requester {
  /** -1: nobody that training knew. */
  readonly user: number;
  readonly items: Int32Array;
  readonly from: number;
  readonly to: number;
}

/** What histories lead to, as many at a time as fit into a chunk. */
export interface QueryRunner {
  /** [C, D, queryWidth] and [C, D + 1, width], of the histories of the last run. */
  readonly queries: Float32Array;
  readonly representations: Float32Array;
  /** Empties all places. */
  readonly clear: () => void;
  readonly place: (at: number, requester: Requester) => void;
  readonly run: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function queryRunner({
  model,
  sizes: chunk,
  learned: { layout, values },
  rows,
  publicVectors,
  profiles,
  itemStarts,
  executor,
  arena,
}: {
  readonly model: CrossDomainModel;
  readonly sizes: ChunkSizes;
  readonly learned: Pick<LearnedVector, "layout" | "values">;
  readonly rows?: Pick<ItemRows, "gather"> | undefined;
  readonly publicVectors?: Float32Array | undefined;
  readonly profiles?: Float32Array | undefined;
  readonly itemStarts: Int32Array;
  readonly executor: Executor;
  readonly arena: Arena;
}): Promise<QueryRunner> {
  const sizes: ChunkSizes = { ...chunk, targets: 1 };
  const { users, domains, length, domainLength, own: most, width, publicWidth } = sizes;
  const program = await executor.load(queryProgram({ model, sizes, layout }));
  const own = arena.int32(users * most);
  const ownRows = arena.float32(rows === undefined ? 0 : own.length * width);
  const ownPublic = arena.float32(own.length * publicWidth);
  const profileSize = domains * sizes.profileWidth;
  const profile = arena.float32(users * profileSize);
  const merged = arena.float32(users * length);
  const sequencesOf = arena.float32(users * domains * domainLength);
  const queries = arena.float32(users * domains * model.head.queryWidth(sizes));
  const representations = arena.float32(users * (domains + 1) * width);
  const bound = program.bind(
    given(program.program.inputs, {
      ...windows(layout, values, "parameter"),
      own: ownPublic,
      ownRows,
      profile,
      merged,
      domains: sequencesOf,
    }),
    { queries, representations },
  );
  const slots = createSlots(itemStarts.at(-1)!, most);
  const buffers = { merged, domains: sequencesOf };
  const domainOf = domainsOfItems(itemStarts);
  const sequences = sequenceFiller(buffers, sizes, { domainOf, slots });
  const table = { values: publicVectors ?? new Float32Array(0), width: publicWidth };
  return {
    queries,
    representations,
    clear: () => {
      own.fill(-1);
      profile.fill(0);
      merged.fill(-1);
      sequencesOf.fill(-1);
    },
    place: (at, { user, items, from, to }) => {
      if (profiles !== undefined && user >= 0)
        for (let k = 0; k < profileSize; k++)
          profile[at * profileSize + k] = profiles[user * profileSize + k]!;
      slots.begin(own, at * most);
      sequences.fill(at, items, from, to);
    },
    run: async () => {
      rows?.gather(own, ownRows);
      if (publicWidth > 0) gatherRows(own, table, ownPublic);
      await bound.run();
    },
    close: () => program.release(),
  };
}
