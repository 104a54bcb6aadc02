import type { Arena } from "../../kernels/index.ts";
import {
  pairProgram,
  type ChunkSizes,
  type CrossDomainModel,
} from "../../models/cross-domain/index.ts";
import {
  windows,
  type BoundProgram,
  type Executor,
  type LoadedProgram,
} from "../../tensor/index.ts";
import { given } from "../step.ts";
import type { LearnedVector } from "./types.ts";

/** A stretch of examples of one domain, those of an event adjacent; its items begin at `start`. */
interface Stretch {
  readonly event: Int32Array;
  readonly item: Int32Array;
  readonly from: number;
  readonly to: number;
  readonly start: number;
}

/** Logits of a head that looks at a query and a candidate together. */
export interface PairScorer {
  /** Adds them to `logits`. `query` [C, D, queryWidth] is of the stretch's events in turn. */
  readonly add: (
    stretch: Stretch,
    of: {
      readonly domain: number;
      readonly query: Float32Array;
      readonly candidates: Float32Array;
    },
    logits: Float64Array,
  ) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Candidates of a query that go through the program at a time. */
const CANDIDATES = 128;
/** Queries of a run; one with more candidates than fit takes several places. */
const QUERIES = 16;

export async function pairScorer({
  model,
  sizes,
  learned,
  executor,
  arena,
}: {
  readonly model: CrossDomainModel;
  readonly sizes: ChunkSizes;
  readonly learned: Pick<LearnedVector, "layout" | "values">;
  readonly executor: Executor;
  readonly arena: Arena;
}): Promise<PairScorer> {
  const { width, domains } = sizes;
  const { layout, values } = learned;
  const queryWidth = model.head.queryWidth(sizes);
  const queries = arena.float32(QUERIES * queryWidth);
  const vectors = arena.float32(QUERIES * CANDIDATES * width);
  const out = arena.float32(QUERIES * CANDIDATES);
  const loaded: LoadedProgram[] = [];
  const bound: BoundProgram[] = [];
  for (let domain = 0; domain < domains; domain++) {
    const program = await executor.load(
      pairProgram({
        model,
        sizes: { ...sizes, users: QUERIES },
        layout,
        domain,
        candidates: CANDIDATES,
      }),
    );
    const inputs = { ...windows(layout, values, "parameter"), queries, vectors };
    loaded.push(program);
    bound.push(program.bind(given(program.program.inputs, inputs), { logits: out }));
  }
  const exampleAt = new Int32Array(QUERIES * CANDIDATES);
  return {
    add: async ({ event, item, from, to, start }, { domain, query, candidates }, logits) => {
      let request = 0;
      let place = -1;
      let used = CANDIDATES;
      exampleAt.fill(-1);
      const flush = async () => {
        await bound[domain]!.run();
        for (let i = 0; i < out.length; i++)
          if (exampleAt[i]! >= 0) logits[exampleAt[i]!]! += out[i]!;
        exampleAt.fill(-1);
        place = -1;
      };
      for (let i = from; i < to; i++) {
        const isNext = i > from && event[i] !== event[i - 1];
        if (isNext) request += 1;
        if (isNext || used === CANDIDATES) {
          if (place === QUERIES - 1) await flush();
          place += 1;
          used = 0;
          const at = (request * domains + domain) * queryWidth;
          queries.set(query.subarray(at, at + queryWidth), place * queryWidth);
        }
        const row = place * CANDIDATES + used++;
        const vector = (item[i]! - start) * width;
        for (let k = 0; k < width; k++) vectors[row * width + k] = candidates[vector + k]!;
        exampleAt[row] = i;
      }
      if (place >= 0) await flush();
    },
    close: async () => {
      for (const program of loaded) await program.release();
    },
  };
}
