import fc from "fast-check";
import { expect, test } from "vitest";
import { cosines, gram } from "./gram.ts";
import { permuted, product, updates } from "./updates.fixture.ts";

test("by hand: three vectors and their cosines; a zero vector has none", () => {
  const products = gram([Float32Array.of(3, 4), Float64Array.of(-8, 6), Float32Array.of(5, 0)]);
  expect(products.map((row) => [...row])).toEqual([
    [25, 0, 15],
    [0, 100, -40],
    [15, -40, 25],
  ]);
  expect(cosines(products).map((row) => [...row])).toEqual([
    [1, 0, 0.6],
    [0, 1, -0.8],
    [0.6, -0.8, 1],
  ]);
  expect(cosines(gram([Float32Array.of(0), Float32Array.of(2)])).map((row) => [...row])).toEqual([
    [0, 0],
    [0, 1],
  ]);
});

test("vectors longer than a block: sum of k from 1 to n, and of k^2", () => {
  const n = 5000;
  const counted = Float64Array.from({ length: n }, (_, i) => i + 1);
  const products = gram([counted, new Float64Array(n).fill(1)]);
  expect(products[0]![1]).toBe((n * (n + 1)) / 2);
  expect(products[0]![0]).toBe((n * (n + 1) * (2 * n + 1)) / 6);
});

test("floats are multiplied and summed in doubles: 2^24 + 1 is not lost", () => {
  const ones = new Float32Array(2 ** 24 + 1).fill(1);
  expect(gram([ones])[0]![0]).toBe(2 ** 24 + 1);
});

test("in whatever order clients come, each pair's product is the same to the bit", () => {
  fc.assert(
    fc.property(permuted, ({ list, order, other }) => {
      const [first, second] = [gram(list), gram(other)];
      order.forEach((from, k) => {
        order.forEach((to, j) => expect(second[k]![j]).toBe(first[from]![to]));
      });
    }),
  );
});

test("cosines are in [-1, 1] and do not know a vector's length", () => {
  fc.assert(
    fc.property(updates, (list) => {
      const stretched = list.map((update, k) => update.map((value) => value * 3 ** k));
      const [plain, other] = [cosines(gram(list)), cosines(gram(stretched))];
      plain.forEach((row, k) => {
        row.forEach((cosine, j) => {
          expect(Math.abs(cosine)).toBeLessThanOrEqual(1);
          expect(other[k]![j]).toBeCloseTo(cosine, 12);
          const size = Math.sqrt(product(list[k]!, list[k]!) * product(list[j]!, list[j]!));
          expect(cosine * size).toBeCloseTo(product(list[k]!, list[j]!), 4);
        });
      });
    }),
  );
});

test("vectors of different lengths are refused", () => {
  expect(() => gram([Float32Array.of(1), Float32Array.of(1, 2)])).toThrow(/1 and 2 entries/);
});
