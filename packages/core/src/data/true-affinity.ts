/**
 * What a synthetic world knows where users choose items: how much each user wants each item, up to what is
 * the user's alone, as the inner product of two vectors. Users choose in proportion to its exponential, so
 * nobody can rank a user's items better.
 */
export interface TrueAffinity {
  readonly width: number;
  /** [numUsers * width] */
  readonly user: Float64Array;
  /** [numItems * width] */
  readonly item: Float64Array;
}

export function trueScore({ width, user, item }: TrueAffinity, u: number, i: number): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += user[u * width + k]! * item[i * width + k]!;
  return sum;
}

/** The vectors of some users and items, in the order named. */
export function selectAffinity(
  { width, user, item }: TrueAffinity,
  users: ArrayLike<number>,
  items: ArrayLike<number>,
): TrueAffinity {
  const take = (vectors: Float64Array, some: ArrayLike<number>) => {
    const out = new Float64Array(some.length * width);
    for (let n = 0; n < some.length; n++)
      out.set(vectors.subarray(some[n]! * width, (some[n]! + 1) * width), n * width);
    return out;
  };
  return { width, user: take(user, users), item: take(item, items) };
}
