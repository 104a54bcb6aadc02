import fc from "fast-check";
import { describe, expect, test } from "vitest";
import fixtures from "./__fixtures__/coordination.json" with { type: "json" };
import { combine } from "./combine.ts";
import { gram } from "./gram.ts";
import { minimiseOnSimplex } from "./simplex.ts";
import { length, mean, product, setting, updates } from "./updates.fixture.ts";

const asVectors = (lists: readonly (readonly number[])[]) =>
  lists.map((list) => Float64Array.from(list));

describe("the least value agrees with SciPy's SLSQP, whose gap to the direction's problem is below 1e-12", () => {
  test.each(fixtures.cagrad)("$name", ({ updates: lists, caution, objective, scale }) => {
    const vectors = asVectors(lists);
    const radius = caution * length(mean(vectors));
    const found = minimiseOnSimplex(gram(vectors), radius);
    expect(Math.abs(found.objective - objective)).toBeLessThanOrEqual(1e-10 * scale);
  });
});

test("its own direction proves it least: no direction's worst product exceeds F(w), and its own attains it", () => {
  fc.assert(
    fc.property(updates, setting(2), (list, caution) => {
      const middle = mean(list);
      const radius = caution * length(middle);
      const { weights, lift, objective } = minimiseOnSimplex(gram(list), radius);
      const added = combine(lift, list);
      const direction = middle.map((value, i) => value + added[i]!);
      const longest = Math.max(...list.map(length));
      // The size of F's terms, before updates cancel in them.
      const terms = list.map(
        (update) => Math.abs(product(update, middle)) + radius * length(update),
      );
      const size = product(weights, terms);
      expect(length(added)).toBeLessThanOrEqual(radius * (1 + 1e-6) + 1e-12 * longest);
      for (const update of list) {
        const rounding = 1e-8 * size + 1e-8 * length(update) * length(middle);
        expect(objective - product(update, direction)).toBeLessThanOrEqual(rounding);
      }
    }),
    { numRuns: 500 },
  );
});

test("weights are in [0, 1] and sum to 1", () => {
  fc.assert(
    fc.property(updates, setting(10), (list, radius) => {
      const { weights } = minimiseOnSimplex(gram(list), radius);
      for (const weight of weights) expect(weight >= 0 && weight <= 1).toBe(true);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    }),
  );
});

test("two orthogonal updates of lengths 1 and 2, r = 1: halfway along the curve that calculus gives", () => {
  // F(t) = t/2 + 4(1-t)/2 + sqrt(t^2 + 4(1-t)^2): F' = 0 at the root of the quadratic below, t > 4/5.
  // (3/2)^2 (5t^2 - 8t + 4) = (5t - 4)^2  <=>  13.75 t^2 - 22 t + 7 = 0, whose larger root is 1.15 > 1: the end t = 1.
  const ends = minimiseOnSimplex(gram([Float64Array.of(1, 0), Float64Array.of(0, 2)]), 1);
  expect([...ends.weights]).toEqual([1, 0]);
  expect(ends.objective).toBeCloseTo(1.5, 12);
  // With r = 3 the slope is shared: 2.25 (5t^2 - 8t + 4) = 9 (5t - 4)^2 <=> 213.75 t^2 - 342 t + 135 = 0.
  const t = (342 + Math.sqrt(342 ** 2 - 4 * 213.75 * 135)) / (2 * 213.75);
  const inside = minimiseOnSimplex(gram([Float64Array.of(1, 0), Float64Array.of(0, 2)]), 3);
  expect(inside.weights[0]).toBeCloseTo(t, 9);
});

test("without a radius the worst client under the mean has all the weight, shared by those level with it", () => {
  const products = gram([Float64Array.of(3, 0), Float64Array.of(0, 1), Float64Array.of(0, 1)]);
  expect([...minimiseOnSimplex(products, 0).weights]).toEqual([0, 0.5, 0.5]);
});
