import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cosines, gram } from "./gram.ts";
import { reliabilityOf, similarityWeights } from "./similarity.ts";
import { permuted, setting } from "./updates.fixture.ts";

const rows = (matrix: readonly Float64Array[]) => matrix.map((row) => [...row]);
const some = permuted.chain((given) => {
  const count = given.list.length;
  const each = <T>(entry: fc.Arbitrary<T>) =>
    fc.array(entry, { minLength: count, maxLength: count });
  return fc.record({
    given: fc.constant(given),
    sizes: each(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom(1, 1e4, 1e8))),
    reliability: each(setting(1)),
    power: fc.constantFrom(0.5, 1, 2, 3),
  });
});

describe("by hand", () => {
  // Cosines: 0.6 between the first two, -0.8 between the last two, 0 between first and third.
  const memories = [Float64Array.of(1, 0), Float64Array.of(0.6, 0.8), Float64Array.of(0, -2)];
  const similarities = cosines(gram(memories));
  const sizes = [100, 300, 50];

  function expectRows(found: readonly Float64Array[], expected: readonly (readonly number[])[]) {
    expected.forEach((row, k) => {
      row.forEach((value, j) => expect(found[k]![j]).toBeCloseTo(value, 12));
    });
  }

  test("n_j max(0, cos) over their sum; who points away from all keeps to itself", () => {
    expectRows(similarityWeights({ cosines: similarities, sizes }), [
      [100 / 280, 180 / 280, 0],
      [60 / 360, 300 / 360, 0],
      [0, 0, 1],
    ]);
  });

  test("a power of 2 squares similarities, not sizes", () => {
    expectRows(similarityWeights({ cosines: similarities, sizes, power: 2 }), [
      [100 / 208, 108 / 208, 0],
      [36 / 336, 300 / 336, 0],
      [0, 0, 1],
    ]);
  });

  test("little evidence lifts what agrees, up to 1, and never what points away", () => {
    const reliability = [0.25, 0.64, 0.09];
    // 0.6 / sqrt(0.25 x 0.64) is above 1; the third points away from the second, and is nothing to the first.
    expectRows(similarityWeights({ cosines: similarities, sizes, reliability }), [
      [100 / 400, 300 / 400, 0],
      [100 / 400, 300 / 400, 0],
      [0, 0, 1],
    ]);
    expectRows(similarityWeights({ cosines: similarities, sizes, reliability: [0.81, 1, 1] }), [
      [100 / 300, 200 / 300, 0],
      [(100 * 0.6) / 0.9 / (300 + 60 / 0.9), 300 / (300 + 60 / 0.9), 0],
      [0, 0, 1],
    ]);
  });

  test("n / (n + tau): one half at tau, 0 without rows, 1 without tau", () => {
    expect([300, 100, 0].map((size) => reliabilityOf(size, 100))).toEqual([0.75, 0.5, 0]);
    expect(reliabilityOf(0, 0)).toBe(1);
  });
});

test("a client that never moved takes part of nobody, and nobody of it", () => {
  const similarities = cosines(gram([Float64Array.of(0, 0), Float64Array.of(1, 1)]));
  expect(rows(similarityWeights({ cosines: similarities, sizes: [1e4, 1] }))).toEqual([
    [1, 0],
    [0, 1],
  ]);
});

test("weights are in [0, 1], every row sums to 1, and one client is left as it is", () => {
  fc.assert(
    fc.property(some, ({ given: { list }, ...options }) => {
      const weights = similarityWeights({ cosines: cosines(gram(list)), ...options });
      for (const row of weights) {
        for (const weight of row) expect(weight >= 0 && weight <= 1).toBe(true);
        expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      }
      if (list.length === 1) expect(rows(weights)).toEqual([[1]]);
    }),
  );
});

test("with nothing settled, those that agree at all get FedAvg's weights n_j / n", () => {
  fc.assert(
    fc.property(some, ({ given: { list }, sizes, power }) => {
      const similarities = cosines(gram(list));
      const reliability = sizes.map(() => 0);
      const found = similarityWeights({ cosines: similarities, sizes, power, reliability });
      found.forEach((row, k) => {
        const agrees = (j: number) => j === k || similarities[k]![j]! > 0;
        const total = sizes.reduce((sum, size, j) => sum + (agrees(j) ? size : 0), 0);
        if (total > 0)
          expect([...row]).toEqual(sizes.map((size, j) => (agrees(j) ? size / total : 0)));
      });
    }),
  );
});

test("the order of the clients only reorders rows and columns", () => {
  fc.assert(
    fc.property(some, ({ given: { list, order, other }, sizes, reliability, power }) => {
      const pick = (values: readonly number[]) => order.map((k) => values[k]!);
      const first = similarityWeights({ cosines: cosines(gram(list)), sizes, reliability, power });
      const second = similarityWeights({
        cosines: cosines(gram(other)),
        sizes: pick(sizes),
        reliability: pick(reliability),
        power,
      });
      order.forEach((from, k) => {
        order.forEach((to, j) => expect(second[k]![j]).toBeCloseTo(first[from]![to]!, 12));
      });
    }),
  );
});

test("two groups find themselves: nobody takes from the other group, however large it is", () => {
  const angle = (degrees: number) =>
    Float64Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
  const similarities = cosines(gram([angle(0), angle(15), angle(120), angle(135)]));
  const weights = similarityWeights({ cosines: similarities, sizes: [1, 1, 1e6, 1e6] });
  const near = Math.cos(Math.PI / 12);
  for (const [k, j] of [
    [0, 1],
    [3, 2],
  ] as const)
    expect(weights[k]![j]).toBeCloseTo(near / (1 + near), 9);
  for (const [k, j] of [
    [0, 2],
    [1, 3],
    [2, 0],
  ] as const)
    expect(weights[k]![j]).toBe(0);
});
