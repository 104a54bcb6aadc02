import type { Arena } from "../../kernels/index.ts";
import type { ChunkSizes } from "../../models/cross-domain/types.ts";

/** What a chunk's sequences are read from: inputs of the program, and the items that slots stand for. */
export interface SequenceBuffers {
  /** [C, R]: the items of each user's slots; -1 where there is none. */
  readonly own: Int32Array;
  /** [C, L], [C, D, X]: slots, -1 for padding. */
  readonly merged: Float32Array;
  readonly domains: Float32Array;
  /** [C, T], [C, D, T]: positions whose states a target is predicted from, or -1. */
  readonly stateAt: Float32Array;
  readonly domainStateAt: Float32Array;
}

/** A chunk of training users: inputs of the program under their names, and items by number. */
export interface ChunkBuffers extends SequenceBuffers {
  readonly sizes: ChunkSizes;
  /** [C, D, N]: items, -1 where a domain has too few. */
  readonly negatives: Int32Array;
  /** [C, D, P] */
  readonly profile: Float32Array;
  /** [C, D, X]; only where sizes.augmented. */
  readonly augmented: Float32Array;
  readonly shuffled: Float32Array;
  /** [C, T]: slots of the targets. */
  readonly targetAt: Float32Array;
  /** [C, D, T] */
  readonly targetDomain: Float32Array;
  /** [C, T] */
  readonly weight: Float32Array;
  /** [C] */
  readonly present: Float32Array;
  /** [C, D, N] */
  readonly negativePresent: Float32Array;
  /** [C, T, K], [C, T, N, K] */
  readonly requestTarget: Float32Array;
  readonly requestNegatives: Float32Array;
}

/** Fresh buffers of a chunk without users. */
export function createChunk(sizes: ChunkSizes, arena: Arena): ChunkBuffers {
  const { users, domains, length, domainLength, targets, own, negatives } = sizes;
  const floats = (...shape: number[]) =>
    arena.float32(shape.reduce((product, size) => product * size, users));
  const numbers = sizes.requestNumbers;
  const sequence = () => floats(domains, domainLength);
  const none = new Float32Array(0);
  const chunk: ChunkBuffers = {
    sizes,
    own: arena.int32(users * own),
    negatives: arena.int32(users * domains * negatives),
    merged: floats(length),
    domains: sequence(),
    profile: sizes.profileWidth > 0 ? floats(domains, sizes.profileWidth) : none,
    augmented: sizes.augmented ? sequence() : none,
    shuffled: sizes.augmented ? sequence() : none,
    stateAt: floats(targets),
    domainStateAt: floats(domains, targets),
    targetAt: floats(targets),
    targetDomain: floats(domains, targets),
    weight: floats(targets),
    present: floats(),
    negativePresent: floats(domains, negatives),
    requestTarget: numbers > 0 ? floats(targets, numbers) : none,
    requestNegatives: numbers > 0 ? floats(targets, negatives, numbers) : none,
  };
  for (let place = 0; place < users; place++) clearPlace(chunk, place);
  return chunk;
}

/** Leaves a place without a user. */
export function clearPlace(chunk: ChunkBuffers, place: number): void {
  const { sizes } = chunk;
  const { users } = sizes;
  const fill = (values: Float32Array | Int32Array, value: number) => {
    const size = values.length / users;
    values.fill(value, place * size, (place + 1) * size);
  };
  fill(chunk.own, -1);
  fill(chunk.negatives, -1);
  for (const slots of [chunk.merged, chunk.domains, chunk.augmented, chunk.shuffled])
    fill(slots, -1);
  fill(chunk.stateAt, -1);
  fill(chunk.domainStateAt, -1);
  for (const values of [
    chunk.profile,
    chunk.targetAt,
    chunk.targetDomain,
    chunk.weight,
    chunk.present,
  ])
    fill(values, 0);
  fill(chunk.negativePresent, 0);
  fill(chunk.requestTarget, 0);
  fill(chunk.requestNegatives, 0);
}
