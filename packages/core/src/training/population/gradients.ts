import { createArena, type Arena } from "../../kernels/index.ts";
import type {
  ChunkSizes,
  CrossDomainLoss,
  CrossDomainModel,
  RequestMode,
} from "../../models/cross-domain/index.ts";
import type { TrainingEvents } from "../../population/index.ts";
import type { RequestReader } from "../../request/index.ts";
import type { Executor } from "../../tensor/index.ts";
import type { ChunkAugmentation } from "./chunk.ts";
import { createLane, type Lane } from "./lane.ts";
import { domainsOfItems } from "./negatives.ts";
import type { ChunkSource } from "./ready-chunk.ts";
import { byRung, rungsOf } from "./rungs.ts";
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

/**
 * Many users go through one program, a chunk after another, those with few events through shorter programs
 * (`rungsOf`). Programs are compiled when they are first wanted.
 * Where users' items share rows, a bound takes users one by one: the square of a user's gradient is then not
 * the sum of squares over its items.
 */
export async function populationGradients(options: GradientOptions): Promise<PopulationGradients> {
  const { model, sizes, learned, rows, itemStarts, events } = options;
  const shared = { ...options, arena: options.arena ?? createArena() };
  const domainOf = domainsOfItems(itemStarts);
  const rungs = rungsOf(model, sizes);
  const lanes: (Lane | undefined)[] = [];
  const laneOf = (rung: number): Lane => (lanes[rung] ??= createLane(shared, rungs[rung]!));
  let alone: Promise<PopulationGradients> | undefined;
  const oneByOne = () =>
    (alone ??= populationGradients({ ...options, sizes: { ...sizes, users: 1 } }));

  const addChunks = async (users: Int32Array, sum: Float64Array, given: SumOptions) => {
    const { bound, signal, onProgress, view = events } = given;
    const { order, rung } = byRung(users, rungs, { events: view, domainOf });
    const total = usersTotal();
    const norms = new Float64Array(users.length).fill(Number.NaN);
    rows?.begin?.();
    for (let from = 0; from < order.length; from += sizes.users) {
      signal?.throwIfAborted();
      const inChunk = order.subarray(from, from + sizes.users);
      const lane = laneOf(rung[from]!);
      inChunk.forEach((place, i) => lane.place(i, users[place]!, given));
      lane.clear(inChunk.length);
      const { gradient, ownRows, negativeRows, ...of } = await lane.run(bound);
      const { own, negatives } = lane.chunk;
      addTo(sum, gradient);
      rows?.scatter(own, ownRows, sum);
      rows?.scatter(negatives, negativeRows, sum);
      total.add({
        users: inChunk.length,
        rows: countPlaced(own) + countPlaced(negatives),
        loss: of.loss[0]!,
        terms: Object.fromEntries(Object.entries(of.terms).map(([name, [term]]) => [name, term!])),
      });
      if (bound !== undefined) inChunk.forEach((place, i) => (norms[place] = of.norms[i]!));
      onProgress?.((from + inChunk.length) / order.length);
    }
    rows?.end?.(sum);
    return { ...total.sum(), norms: norms.filter((norm) => !Number.isNaN(norm)) };
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
      for (const lane of lanes) await lane?.close();
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

function addTo(sum: Float64Array, gradient: Float32Array): void {
  for (let i = 0; i < gradient.length; i++) sum[i]! += gradient[i]!;
}

function countPlaced(items: Int32Array): number {
  let count = 0;
  for (let i = 0; i < items.length; i++) if (items[i]! >= 0) count += 1;
  return count;
}
