import { numpy as np } from "@jax-js/jax";
import * as fc from "fast-check";
import { broadcastNaive, reshapeNaive, transposeNaive, type Naive } from "./naive.fixture.ts";

/**
 * A tensor of a given shape as models come by one: an input seen through broadcasts, transposes and
 * reshapes, in jax-js and in plain JavaScript.
 */
export interface LookedAt {
  readonly inputShape: readonly number[];
  readonly look: (x: np.Array) => np.Array;
  readonly lookNaive: (x: Naive) => Naive;
}

export const size = fc.constantFrom(1, 2, 3, 4, 6);

export const shape = (maxLength = 4) => fc.array(size, { maxLength });

export function lookedAt(target: readonly number[], depth = 3): fc.Arbitrary<LookedAt> {
  const plain: LookedAt = { inputShape: target, look: (x) => x, lookNaive: (x) => x };
  if (depth === 0) return fc.constant(plain);
  return fc.oneof(
    fc.constant(plain),
    transposedTo(target, depth),
    reshapedTo(target, depth),
    broadcastTo(target, depth),
  );
}

function transposedTo(target: readonly number[], depth: number): fc.Arbitrary<LookedAt> {
  const axes = target.map((_, axis) => axis);
  return fc.shuffledSubarray(axes, { minLength: axes.length }).chain((perm) =>
    lookedAt(
      axes.map((axis) => target[perm.indexOf(axis)]!),
      depth - 1,
    ).map(({ inputShape, look, lookNaive }) => ({
      inputShape,
      look: (x: np.Array) => np.transpose(look(x), [...perm]),
      lookNaive: (x: Naive) => transposeNaive(lookNaive(x), perm),
    })),
  );
}

function reshapedTo(target: readonly number[], depth: number): fc.Arbitrary<LookedAt> {
  const elements = target.reduce((product, n) => product * n, 1);
  return factorisation(elements).chain((source) =>
    lookedAt(source, depth - 1).map(({ inputShape, look, lookNaive }) => ({
      inputShape,
      look: (x: np.Array) => np.reshape(look(x), [...target]),
      lookNaive: (x: Naive) => reshapeNaive(lookNaive(x), target),
    })),
  );
}

function broadcastTo(target: readonly number[], depth: number): fc.Arbitrary<LookedAt> {
  return fc
    .record({
      thin: fc.array(fc.boolean(), { minLength: target.length, maxLength: target.length }),
      dropped: fc.nat({ max: target.length }),
    })
    .chain(({ thin, dropped }) =>
      lookedAt(target.map((n, axis) => (thin[axis] ? 1 : n)).slice(dropped), depth - 1).map(
        ({ inputShape, look, lookNaive }) => ({
          inputShape,
          look: (x: np.Array) => np.broadcastTo(look(x), [...target]),
          lookNaive: (x: Naive) => broadcastNaive(lookNaive(x), target),
        }),
      ),
    );
}

/** Random factors, in random order, of a number whose prime factors are 2 and 3. */
function factorisation(product: number): fc.Arbitrary<number[]> {
  if (product === 1) return fc.constantFrom<number[]>([], [1], [1, 1]);
  const factors = [2, 3, 4, 6].filter((factor) => product % factor === 0);
  return fc.oneof(
    fc.constant<number[]>([product]),
    fc
      .constantFrom(...factors)
      .chain((factor) => factorisation(product / factor).map((rest) => [factor, ...rest])),
  );
}
