import { createArena, type Arena } from "../../kernels/index.ts";
import {
  crossDomainProgram,
  type ChunkSizes,
  type CrossDomainLoss,
  type CrossDomainModel,
  type RequestMode,
} from "../../models/cross-domain/index.ts";
import type { TrainingEvents } from "../../population/index.ts";
import type { RequestReader } from "../../request/index.ts";
import type { BoundProgram, Executor, LoadedProgram } from "../../tensor/index.ts";
import { createChunk, clearPlace } from "./chunk-buffers.ts";
import { chunkFiller, type ChunkAugmentation } from "./chunk.ts";
import { createOutputs, readyChunk, type ChunkSource } from "./ready-chunk.ts";
import { usersTotal } from "./totals.ts";
import type { PopulationGradients, SumOptions } from "./types.ts";

/** What gradients are taken of, and on which rows. */
export interface GradientOptions extends ChunkSource {
  readonly model: CrossDomainModel;
  readonly sizes: ChunkSizes;
  readonly loss: CrossDomainLoss;
  readonly request: RequestMode;
  /** Where request is not `none`. */
  readonly reader?: RequestReader | undefined;
  readonly itemStarts: Int32Array;
  readonly events: TrainingEvents;
  readonly augmentation?: ChunkAugmentation | undefined;
  readonly executor: Executor;
  /** Where buffers are made; default: an arena of its own. */
  readonly arena?: Arena;
}

const TERM = "term:";

/**
 * Many users go through one program, a chunk after another. While a chunk runs, the next one is made ready.
 * The clipped program is compiled when a bound is first given. Where users' items share rows, a bound takes
 * users one by one: the square of a user's gradient is then not the sum of squares over its items.
 */
export async function populationGradients(options: GradientOptions): Promise<PopulationGradients> {
  const { model, sizes, loss, request, learned, rows, itemStarts, executor, events } = options;
  const arena = options.arena ?? createArena();
  const load = (clipped: boolean) =>
    executor.load(
      crossDomainProgram({ model, sizes, layout: learned.layout, loss, request, clipped }),
    );
  const plain = await load(false);
  let clipped: LoadedProgram | undefined;
  const termNames = plain.program.outputs.flatMap(({ name }) =>
    name.startsWith(TERM) ? [name.slice(TERM.length)] : [],
  );
  const outputs = createOutputs(learned, sizes, { arena, termNames });
  const filling = {
    itemStarts,
    reader: request === "none" ? undefined : options.reader,
    augmentation: options.augmentation,
  };
  const bounds = new Map<LoadedProgram, readonly BoundProgram[]>();
  const chunks = [0, 1].map(() => {
    const chunk = createChunk(sizes, arena);
    const { fill } = chunkFiller(chunk, filling);
    return { ...readyChunk(chunk, model, options, arena), fill, users: 0, done: 0, rows: 0 };
  });
  let alone: Promise<PopulationGradients> | undefined;
  const oneByOne = () =>
    (alone ??= populationGradients({ ...options, sizes: { ...sizes, users: 1 } }));

  /** Fills a chunk with the next users that have a target; gives the first user that is left. */
  const fillChunk = (c: number, users: Int32Array, from: number, given: SumOptions): number => {
    const own = chunks[c]!;
    const { streamOf, dropout = true, view } = given;
    own.users = 0;
    let next = from;
    for (; next < users.length && own.users < sizes.users; next++) {
      const user = users[next]!;
      const random = streamOf(user);
      if (!own.fill(own.users, user, { events, view, random })) continue;
      own.mask(own.users, dropout ? random : undefined);
      own.users += 1;
    }
    for (let place = own.users; place < sizes.users; place++) clearPlace(own.chunk, place);
    if (own.users > 0) own.lookUp();
    own.done = next;
    own.rows = countPlaced(own.chunk.own) + countPlaced(own.chunk.negatives);
    return next;
  };

  const boundTo = (program: LoadedProgram): readonly BoundProgram[] => {
    const known = bounds.get(program);
    if (known !== undefined) return known;
    const made = chunks.map((chunk) => chunk.bind(program, outputs));
    bounds.set(program, made);
    return made;
  };

  const addChunks = async (users: Int32Array, sum: Float64Array, given: SumOptions) => {
    const { bound, signal, onProgress } = given;
    const program = bound === undefined ? plain : (clipped ??= await load(true));
    const [first, second] = boundTo(program) as readonly [BoundProgram, BoundProgram];
    const total = usersTotal();
    const norms: number[] = [];
    if (bound !== undefined) outputs.bound[0] = bound;
    rows?.begin?.();
    let next = fillChunk(0, users, 0, given);
    for (let c = 0; chunks[c]!.users > 0; c = 1 - c) {
      signal?.throwIfAborted();
      const { chunk, users: inChunk, done, rows: inRows } = chunks[c]!;
      const running = (c === 0 ? first : second).run();
      next = fillChunk(1 - c, users, next, given);
      await running;
      const { gradient } = outputs;
      for (let i = 0; i < gradient.length; i++) sum[i]! += gradient[i]!;
      rows?.scatter(chunk.own, outputs.ownRows, sum);
      rows?.scatter(chunk.negatives, outputs.negativeRows, sum);
      const terms = Object.fromEntries(termNames.map((name) => [name, outputs.terms[name]![0]!]));
      total.add({ users: inChunk, rows: inRows, loss: outputs.loss[0]!, terms });
      if (bound !== undefined) norms.push(...outputs.norms.subarray(0, inChunk));
      onProgress?.(done / users.length);
    }
    rows?.end?.(sum);
    return { ...total.sum(), norms: Float64Array.from(norms) };
  };

  /** Each user's gradient in a vector of its own, which is clipped and added. */
  const addOneByOne = async (users: Int32Array, sum: Float64Array, given: SumOptions) => {
    const { bound, onProgress, ...rest } = given;
    const single = await oneByOne();
    const own = new Float64Array(sum.length);
    const norms: number[] = [];
    const total = usersTotal();
    for (let i = 0; i < users.length; i++) {
      own.fill(0);
      const of = await single.add(users.subarray(i, i + 1), own, rest);
      onProgress?.((i + 1) / users.length);
      if (of.users === 0) continue;
      norms.push(addClipped(own, bound!, sum));
      total.add(of);
    }
    return { ...total.sum(), norms: Float64Array.from(norms) };
  };

  return {
    learned,
    add: (users, sum, given) =>
      given.bound !== undefined && rows?.distinct === false
        ? addOneByOne(users, sum, given)
        : addChunks(users, sum, given),
    close: async () => {
      await plain.release();
      await clipped?.release();
      if (alone !== undefined) await (await alone).close();
    },
  };
}

/** Scales an update to a norm of at most `bound`, adds it, and gives the norm that it had. */
export function addClipped(update: Float64Array, bound: number, sum: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < update.length; i++) squares += update[i]! * update[i]!;
  const norm = Math.sqrt(squares);
  const factor = norm > bound ? bound / norm : 1;
  for (let i = 0; i < update.length; i++) sum[i]! += factor * update[i]!;
  return norm;
}

function countPlaced(items: Int32Array): number {
  let count = 0;
  for (let i = 0; i < items.length; i++) if (items[i]! >= 0) count += 1;
  return count;
}
