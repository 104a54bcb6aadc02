import fc from "fast-check";
import { expect, test } from "vitest";
import { shuffle, streamOf } from "../../random/index.ts";
import fixtures from "./__fixtures__/coordination.json" with { type: "json" };
import { gram } from "./gram.ts";
import { pcgrad, projectedMeanWeights } from "./pcgrad.ts";
import { length, mean, product, updates } from "./updates.fixture.ts";

/** Yu et al. 2020, algorithm 1, on the vectors themselves; `orderOf` says who is met in which order. */
function naive(list: readonly Float64Array[], orderOf: () => ArrayLike<number>): number[] {
  const settled = list.map((update, k) => {
    let rest = [...update];
    for (const j of Array.from(orderOf())) {
      const other = list[j]!;
      const agreement = product(rest, other);
      if (j !== k && agreement < 0)
        rest = rest.map((value, i) => value - (agreement / product(other, other)) * other[i]!);
    }
    return rest;
  });
  return mean(settled);
}

test("the naive version used below agrees with NumPy's", () => {
  for (const { updates: lists, orders, mean: expected } of fixtures.pcgrad) {
    const list = lists.map((values) => Float64Array.from(values));
    let turn = 0;
    const found = naive(list, () => orders[turn++]!);
    expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 12));
  }
});

test("through inner products alone it is the naive algorithm on vectors in no special position", () => {
  const several = fc.array(
    fc.array(fc.integer({ min: -997, max: 997 }), { minLength: 12, maxLength: 12 }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(several, fc.nat(), (lists, seed) => {
      const list = lists.map((values) => Float64Array.from(values, (value) => value + 0.3));
      const stream = streamOf(seed, "order");
      const order = Int32Array.from(list.keys());
      const expected = naive(list, () => {
        order.forEach((_, k) => (order[k] = k));
        shuffle(stream, order);
        return order;
      });
      const found = pcgrad(list, streamOf(seed, "order"));
      expected.forEach((value, i) => expect(Math.abs(found[i]! - value)).toBeLessThan(1e-7));
    }),
  );
});

test("two in conflict, by hand: each loses its part along the other", () => {
  // D_1 = (1, 0), D_2 = (-1, 1): D'_1 = (1, 0) + 1/2 (-1, 1) = (1/2, 1/2), D'_2 = (0, 1).
  const found = pcgrad([Float32Array.of(1, 0), Float32Array.of(-1, 1)], streamOf(1));
  expect([...found]).toEqual([0.25, 0.75]);
});

test("opposite updates cancel, one stays as it is, zeros stay zeros", () => {
  const stream = streamOf(1);
  const opposite = pcgrad([Float32Array.of(1, 2), Float32Array.of(-2, -4)], stream);
  expect(length(opposite)).toBeLessThan(1e-12);
  expect([...pcgrad([Float32Array.of(1, -2)], stream)]).toEqual([1, -2]);
  expect([...pcgrad([Float32Array.of(0), Float32Array.of(0)], stream)]).toEqual([0]);
});

test("without conflict it is the mean, in whatever order", () => {
  const list = [Float64Array.of(1, 0), Float64Array.of(0, 3), Float64Array.of(2, 0.5)];
  [1, 3.5 / 3].forEach((value, i) => expect(pcgrad(list, streamOf(3))[i]).toBeCloseTo(value, 12));
});

test("nobody's part falls below its share of the mean, and lengths of 1 to 10,000 stay finite", () => {
  fc.assert(
    fc.property(updates, fc.nat(), (list, seed) => {
      const weights = projectedMeanWeights(gram(list), streamOf(seed));
      for (const weight of weights) {
        expect(weight).toBeGreaterThanOrEqual(1 / list.length - 1e-12);
        expect(Number.isFinite(weight)).toBe(true);
      }
    }),
  );
});

test("updates of a power of two times the length give that much of the direction, to the bit", () => {
  fc.assert(
    fc.property(updates, fc.nat(), (list, seed) => {
      const small = list.map((update) => update.map((value) => value * 2 ** -30));
      const expected = pcgrad(list, streamOf(seed)).map((value) => value * 2 ** -30);
      expect(pcgrad(small, streamOf(seed))).toEqual(expected);
    }),
  );
});
