import type { Arena } from "../../kernels/index.ts";
import type { ChunkSizes, CrossDomainModel } from "../../models/cross-domain/index.ts";
import type { RandomStream } from "../../random/index.ts";
import { windows, type LoadedProgram, type BoundProgram } from "../../tensor/index.ts";
import { drawMask, given } from "../step.ts";
import type { ChunkBuffers } from "./chunk-buffers.ts";
import { gatherRows, type ItemRows } from "./item-rows.ts";
import type { LearnedVector } from "./types.ts";

/** What vectors of items come from, and where gradients go. */
export interface ChunkSource {
  readonly learned: LearnedVector;
  readonly rows?: ItemRows | undefined;
  readonly publicVectors?: Float32Array | undefined;
  readonly requestWeights?: Float32Array | undefined;
}

/** Gradients of a chunk, which every run overwrites. */
export interface ChunkOutputs {
  readonly arena: Arena;
  readonly gradient: Float32Array;
  readonly ownRows: Float32Array;
  readonly negativeRows: Float32Array;
  readonly loss: Float32Array;
  readonly norms: Float32Array;
  readonly bound: Float32Array;
  /** [1] each, by name. */
  readonly terms: Readonly<Record<string, Float32Array>>;
}

export function createOutputs(
  { layout }: Pick<LearnedVector, "layout">,
  { users, domains, own, negatives, width, learnedRows }: ChunkSizes,
  { arena, termNames }: { readonly arena: Arena; readonly termNames: readonly string[] },
): ChunkOutputs {
  const rows = learnedRows ? users * width : 0;
  return {
    arena,
    gradient: arena.float32(layout.size),
    ownRows: arena.float32(rows * own),
    negativeRows: arena.float32(rows * domains * negatives),
    loss: arena.float32(1),
    norms: arena.float32(users),
    bound: arena.float32(1),
    terms: Object.fromEntries(termNames.map((name) => [name, arena.float32(1)])),
  };
}

/** A chunk with everything that a program reads beside its sequences. */
export interface ReadyChunk {
  readonly chunk: ChunkBuffers;
  /** Draws the masks of a place; without a stream nothing is dropped. */
  readonly mask: (place: number, random: RandomStream | undefined) => void;
  /** Looks up vectors of all items of the chunk. */
  readonly lookUp: () => void;
  readonly bind: (program: LoadedProgram, outputs: ChunkOutputs) => BoundProgram;
}

export function readyChunk(
  chunk: ChunkBuffers,
  {
    model,
    longest,
  }: {
    readonly model: Pick<CrossDomainModel, "masks">;
    /** Sizes whose masks are drawn; of shorter ones, as all places count from the end, only the end is. */
    readonly longest: ChunkSizes;
  },
  { learned, rows, publicVectors, requestWeights }: ChunkSource,
  arena: Arena,
): ReadyChunk {
  const { sizes } = chunk;
  const { users, width, publicWidth } = sizes;
  const vectors = (items: Int32Array, entries: number) => arena.float32(items.length * entries);
  const own = vectors(chunk.own, publicWidth);
  const negatives = vectors(chunk.negatives, publicWidth);
  const rowWidth = rows === undefined ? 0 : width;
  const ownRows = vectors(chunk.own, rowWidth);
  const negativeRows = vectors(chunk.negatives, rowWidth);
  const whole = model.masks(longest);
  const masks = model.masks(sizes).map(({ name, size, rate }, i) => {
    const values = arena.float32(users * size);
    const places = Array.from({ length: users }, (_, place) =>
      values.subarray(place * size, (place + 1) * size),
    );
    return { name, rate, values, places, skipped: whole[i]!.size - size };
  });
  const table = { values: publicVectors ?? new Float32Array(0), width: publicWidth };
  const inputs = {
    ...windows(learned.layout, learned.values, "parameter"),
    own,
    negatives,
    ownRows,
    negativeRows,
    profile: chunk.profile,
    merged: chunk.merged,
    domains: chunk.domains,
    augmented: chunk.augmented,
    shuffled: chunk.shuffled,
    stateAt: chunk.stateAt,
    domainStateAt: chunk.domainStateAt,
    targetAt: chunk.targetAt,
    targetDomain: chunk.targetDomain,
    weight: chunk.weight,
    present: chunk.present,
    negativePresent: chunk.negativePresent,
    requestTarget: chunk.requestTarget,
    requestNegatives: chunk.requestNegatives,
    ...(requestWeights && { requestWeights }),
    ...Object.fromEntries(masks.map(({ name, values }) => [`dropout:${name}`, values])),
  };
  return {
    chunk,
    mask: (place, random) => {
      for (const { places, ...of } of masks) drawMask(arena, places[place]!, { ...of, random });
    },
    lookUp: () => {
      rows?.gather(chunk.own, ownRows);
      rows?.gather(chunk.negatives, negativeRows);
      if (publicWidth === 0) return;
      gatherRows(chunk.own, table, own);
      gatherRows(chunk.negatives, table, negatives);
    },
    bind: (loaded, outputs) =>
      loaded.bind(
        given(loaded.program.inputs, { ...inputs, bound: outputs.bound }),
        given(loaded.program.outputs, {
          loss: outputs.loss,
          norms: outputs.norms,
          "gradient:ownRows": outputs.ownRows,
          "gradient:negativeRows": outputs.negativeRows,
          ...windows(learned.layout, outputs.gradient, "gradient:parameter"),
          ...Object.fromEntries(
            Object.entries(outputs.terms).map(([name, value]) => [`term:${name}`, value]),
          ),
        }),
      ),
  };
}
