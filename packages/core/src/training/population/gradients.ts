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
  /** [users, D, P], where the sizes have profiles. */
  readonly profiles?: Float32Array | undefined;
  readonly executor: Executor;
  /** Where buffers are made; default: an arena of its own. */
  readonly arena?: Arena;
}

const TERM = "term:";

/**
 * Many users go through one program, a chunk after another.
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
    profiles: options.profiles,
  };
  const bounds = new Map<LoadedProgram, BoundProgram>();
  const chunk = createChunk(sizes, arena);
  const { fill } = chunkFiller(chunk, filling);
  const ready = readyChunk(chunk, model, options, arena);
  let alone: Promise<PopulationGradients> | undefined;
  const oneByOne = () =>
    (alone ??= populationGradients({ ...options, sizes: { ...sizes, users: 1 } }));

  /** Fills the chunk with the users from `from` on that have a target, as many as fit. */
  const fillChunk = (users: Int32Array, from: number, given: SumOptions) => {
    const { streamOf, dropout = true, view } = given;
    let count = 0;
    let next = from;
    for (; next < users.length && count < sizes.users; next++) {
      const user = users[next]!;
      const random = streamOf(user);
      if (!fill(count, user, { events, view, random })) continue;
      ready.mask(count, dropout ? random : undefined);
      count += 1;
    }
    for (let place = count; place < sizes.users; place++) clearPlace(chunk, place);
    return { count, next };
  };

  const boundTo = (program: LoadedProgram): BoundProgram => {
    const known = bounds.get(program) ?? ready.bind(program, outputs);
    bounds.set(program, known);
    return known;
  };

  const addChunks = async (users: Int32Array, sum: Float64Array, given: SumOptions) => {
    const { bound, signal, onProgress } = given;
    const program = boundTo(bound === undefined ? plain : (clipped ??= await load(true)));
    const { gradient, loss: lossOf, norms: normOf, terms: termOf } = outputs;
    const total = usersTotal();
    const norms: number[] = [];
    if (bound !== undefined) outputs.bound[0] = bound;
    rows?.begin?.();
    for (let from = 0; from < users.length;) {
      signal?.throwIfAborted();
      const { count, next } = fillChunk(users, from, given);
      from = next;
      if (count === 0) break;
      ready.lookUp();
      await program.run();
      for (let i = 0; i < gradient.length; i++) sum[i]! += gradient[i]!;
      rows?.scatter(chunk.own, outputs.ownRows, sum);
      rows?.scatter(chunk.negatives, outputs.negativeRows, sum);
      total.add({
        users: count,
        rows: countPlaced(chunk.own) + countPlaced(chunk.negatives),
        loss: lossOf[0]!,
        terms: Object.fromEntries(termNames.map((name) => [name, termOf[name]![0]!])),
      });
      if (bound !== undefined) norms.push(...normOf.subarray(0, count));
      onProgress?.(next / users.length);
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
