import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

const TWO_POW_32 = 2 ** 32;

/**
 * A number of 48 bits that stands for a user id in all domains alike: the head of SHA-256 over it. Among a
 * million users two share one with a chance of 0.2 %. It hides the id from nobody who can guess it.
 */
export function userNumber(id: string): number {
  const digest = sha256(utf8ToBytes(id));
  const view = new DataView(digest.buffer, digest.byteOffset);
  return view.getUint16(0) * TWO_POW_32 + view.getUint32(2);
}

/** Users with training events in the order of their numbers, which tells nothing of them. */
export function knownUsers(
  ids: readonly string[],
  starts: Int32Array,
): { readonly order: Int32Array; readonly numbers: Float64Array } {
  const users = ids.flatMap((id, user) =>
    starts[user + 1]! > starts[user]! ? [{ user, number: userNumber(id) }] : [],
  );
  users.sort((a, b) => a.number - b.number);
  return {
    order: Int32Array.from(users, ({ user }) => user),
    numbers: Float64Array.from(users, ({ number }) => number),
  };
}

/** What a domain says of its users: numbers, ascending, and a vector for each. */
export interface UserStates {
  readonly client: string;
  /** What the domain counts in means. */
  readonly weight: number;
  /** [users] */
  readonly numbers: Float64Array;
  /** [users * width] */
  readonly states: Float32Array;
}

/**
 * For each domain, by its own users, the mean over the domains that know a user of their vectors, weighted
 * by the domains' training sequences.
 */
export function meanStates(
  domains: readonly UserStates[],
  width: number,
): ReadonlyMap<string, Float32Array> {
  const placeOf = new Map<number, number>();
  for (const { numbers } of domains)
    for (const number of numbers) if (!placeOf.has(number)) placeOf.set(number, placeOf.size);
  const sums = new Float64Array(placeOf.size * width);
  const weights = new Float64Array(placeOf.size);
  for (const { numbers, states, weight } of domains)
    numbers.forEach((number, i) => {
      const place = placeOf.get(number)!;
      weights[place]! += weight;
      for (let k = 0; k < width; k++) sums[place * width + k]! += weight * states[i * width + k]!;
    });
  return new Map(
    domains.map(({ client, numbers }) => {
      const means = new Float32Array(numbers.length * width);
      numbers.forEach((number, i) => {
        const place = placeOf.get(number)!;
        // Domains without sequences to train on say nothing of their users.
        if (weights[place] === 0) return;
        for (let k = 0; k < width; k++)
          means[i * width + k] = sums[place * width + k]! / weights[place]!;
      });
      return [client, means];
    }),
  );
}

/**
 * For each of two domains, by its own users, the vector that the other one has of a user, and whether it has
 * any.
 */
export function statesOfOther(
  domains: readonly [UserStates, UserStates],
  width: number,
): ReadonlyMap<string, { readonly states: Float32Array; readonly known: Uint8Array }> {
  const pairs = [domains, domains.toReversed()] as [UserStates, UserStates][];
  return new Map(
    pairs.map(([own, other]) => {
      const placeOf = new Map(Array.from(other.numbers, (number, place) => [number, place]));
      const states = new Float32Array(own.numbers.length * width);
      const known = new Uint8Array(own.numbers.length);
      own.numbers.forEach((number, i) => {
        const place = placeOf.get(number);
        if (place === undefined) return;
        known[i] = 1;
        states.set(other.states.subarray(place * width, (place + 1) * width), i * width);
      });
      return [own.client, { states, known }];
    }),
  );
}
