import fc from "fast-check";

/** Lengths by which whole updates are stretched: some clients move ten thousand times further than others. */
const STRETCHES = [1, 1, 1, 0.5, 30, 1e4];

/** A number in [-1, 1] in no special position. */
const fraction = fc.integer({ min: -997, max: 997 }).map((count) => count / 997);

/** A setting between 0 and `most`. */
export const setting = (most: number) =>
  fc.integer({ min: 0, max: 1000 }).map((count) => (most * count) / 1000);

/**
 * Clients' updates that are often in special position: small whole numbers make equal, opposite, zero and
 * linearly dependent ones, and stretches make very unequal ones.
 */
export const updates = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 7 }))
  .chain(([clients, length]) =>
    fc.array(
      fc
        .tuple(
          fc.oneof(
            fc.array(fc.integer({ min: -2, max: 2 }), { minLength: length, maxLength: length }),
            fc.array(fraction, { minLength: length, maxLength: length }),
          ),
          fc.constantFrom(...STRETCHES),
        )
        .map(([values, stretch]) => Float64Array.from(values, (value) => value * stretch)),
      { minLength: clients, maxLength: clients },
    ),
  );

/** The same updates in another order: entry k of the second is entry `order[k]` of the first. */
export const permuted = updates.chain((list) =>
  fc
    .shuffledSubarray([...list.keys()], { minLength: list.length, maxLength: list.length })
    .map((order) => ({ list, order, other: order.map((k) => list[k]!) })),
);

export function product(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return Array.from(x).reduce((sum, value, i) => sum + value * y[i]!, 0);
}

export function length(x: ArrayLike<number>): number {
  return Math.sqrt(product(x, x));
}

/** (1/K) sum_k v_k, naively. */
export function mean(list: readonly ArrayLike<number>[]): number[] {
  return Array.from(list[0]!, (_, i) => list.reduce((sum, v) => sum + v[i]!, 0) / list.length);
}
