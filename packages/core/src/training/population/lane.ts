import type { Arena } from "../../kernels/index.ts";
import { crossDomainProgram, type ChunkSizes } from "../../models/cross-domain/index.ts";
import type { BoundProgram, LoadedProgram } from "../../tensor/index.ts";
import { clearPlace, createChunk, type ChunkBuffers } from "./chunk-buffers.ts";
import { chunkFiller } from "./chunk.ts";
import type { GradientOptions } from "./gradients.ts";
import { createOutputs, readyChunk, type ChunkOutputs } from "./ready-chunk.ts";
import type { SumOptions } from "./types.ts";

/** Programs of one size, and the chunk that goes through them; they are compiled when they are first wanted. */
export interface Lane {
  readonly chunk: ChunkBuffers;
  /** Writes a user who has a target to a place, and draws its masks. */
  readonly place: (place: number, user: number, given: SumOptions) => void;
  /** Leaves places from this one on without a user. */
  readonly clear: (from: number) => void;
  /** Gradients of the users that were placed. */
  readonly run: (bound: number | undefined) => Promise<ChunkOutputs>;
  readonly close: () => Promise<void>;
}

const TERM = "term:";

interface Loaded {
  readonly program: LoadedProgram;
  readonly bound: BoundProgram;
  readonly outputs: ChunkOutputs;
}

export function createLane(
  options: GradientOptions & { readonly arena: Arena },
  sizes: ChunkSizes,
): Lane {
  const { model, loss, request, learned, executor, events, arena } = options;
  const chunk = createChunk(sizes, arena);
  const { fill } = chunkFiller(chunk, {
    itemStarts: options.itemStarts,
    reader: request === "none" ? undefined : options.reader,
    augmentation: options.augmentation,
    profiles: options.profiles,
  });
  const ready = readyChunk(chunk, { model, longest: options.sizes }, options, arena);
  const loaded = new Map<boolean, Loaded>();

  const load = async (clipped: boolean): Promise<Loaded> => {
    const known = loaded.get(clipped);
    if (known !== undefined) return known;
    const program = await executor.load(
      crossDomainProgram({ model, sizes, layout: learned.layout, loss, request, clipped }),
    );
    const outputs =
      loaded.get(!clipped)?.outputs ??
      createOutputs(learned, sizes, { arena, termNames: termsOf(program) });
    const made = { program, outputs, bound: ready.bind(program, outputs) };
    loaded.set(clipped, made);
    return made;
  };

  return {
    chunk,
    place: (place, user, { streamOf, dropout = true, view }) => {
      const random = streamOf(user);
      if (!fill(place, user, { events, view, random }))
        throw new RangeError(`user ${user} has no target, but a place in a chunk`);
      ready.mask(place, dropout ? random : undefined);
    },
    clear: (from) => {
      for (let place = from; place < sizes.users; place++) clearPlace(chunk, place);
    },
    run: async (bound) => {
      const program = await load(bound !== undefined);
      if (bound !== undefined) program.outputs.bound[0] = bound;
      ready.lookUp();
      await program.bound.run();
      return program.outputs;
    },
    close: async () => {
      for (const { program } of loaded.values()) await program.release();
    },
  };
}

function termsOf({ program }: LoadedProgram): string[] {
  return program.outputs.flatMap(({ name }) =>
    name.startsWith(TERM) ? [name.slice(TERM.length)] : [],
  );
}
