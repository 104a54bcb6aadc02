import type { ChunkSizes, CrossDomainModel } from "../../models/cross-domain/index.ts";
import type { TrainingEvents } from "../../population/index.ts";
import { chunkSizesOf } from "./sizes.ts";

/** Each rung has sequences of this share of those of the rung before. */
const SHARE = 2 / 3;
/** Rungs at most: each has a program of its own, with memory for all that it computes. */
const MOST = 3;
/** Sequences that are shorter need no rung of their own. */
const SHORTEST = 8;

/**
 * Sizes of chunks for users with ever fewer events, the full ones first: what is computed of padding is the
 * largest waste of a program for many users. Only the full ones where a model wants all users alike.
 */
export function rungsOf(
  model: Pick<CrossDomainModel, "fitsLength">,
  sizes: ChunkSizes,
): readonly ChunkSizes[] {
  const rungs = [sizes];
  if (model.fitsLength !== true) return rungs;
  const liked = (sizes.targets - sizes.length) / sizes.domains;
  while (rungs.length < MOST) {
    const last = rungs.at(-1)!;
    const length = Math.ceil(SHARE * last.length);
    const domainLength = Math.ceil(SHARE * last.domainLength);
    if (length < SHORTEST) break;
    rungs.push(chunkSizesOf({ ...last, length, domainLength, liked }));
  }
  return rungs;
}

/** Users in the order in which they go through programs. */
export interface ByRung {
  /** Places in the given list of users, the fullest rung first, and as they were given within a rung. */
  readonly order: Int32Array;
  /** The rung of each of these. */
  readonly rung: Uint8Array;
}

/** The last rung that holds all that a user's program reads, for users that have a target. */
export function byRung(
  users: Int32Array,
  rungs: readonly ChunkSizes[],
  { events: { starts, item }, domainOf }: { events: TrainingEvents; domainOf: Uint8Array },
): ByRung {
  const { domains, length, domainLength, targets } = rungs[0]!;
  const liked = (targets - length) / domains;
  const counts = new Int32Array(domains);
  const holds = ({ length: l, domainLength: x }: ChunkSizes, events: number): boolean =>
    l >= Math.min(events, length) &&
    counts.every((count) => x >= Math.min(count + liked, domainLength));
  const rungOf = (user: number): number => {
    const from = starts[user]!;
    const last = starts[user + 1]! - 1;
    if (last <= from) return -1;
    if (rungs.length === 1 || last - from > rungs[1]!.length) return 0;
    counts.fill(0);
    for (let i = from; i < last; i++) counts[domainOf[item[i]!]!]! += 1;
    return rungs.findLastIndex((sizes) => holds(sizes, last - from));
  };
  const found = Array.from(users, rungOf);
  const places = rungs.flatMap((_, k) => [...found.keys()].filter((place) => found[place] === k));
  return {
    order: Int32Array.from(places),
    rung: Uint8Array.from(places, (place) => found[place]!),
  };
}
