import { expect, test } from "vitest";
import { streamOf } from "../random/index.ts";
import reference from "./__fixtures__/request.json" with { type: "json" };
import { publicVectors, textIndex } from "./index.ts";

const domains = Int32Array.of(0, 4, 9);
// In no order: 9 < 10 as numbers, and the second domain is reversed.
const itemIds = ["10", "9", "11", "x", "e", "d", "c", "b", "a"];
const of = (own: { order: number; dimensions?: number; titles?: readonly string[] }) =>
  publicVectors(own.titles && textIndex(own.titles), {
    dimensions: own.dimensions ?? 0,
    random: streamOf(1),
    domains,
    order: own.order,
    itemIds,
  });

test("coordinates of texts in the directions of NumPy's, at length 1; zeros without a text", () => {
  const dimensions = 5;
  const { width, values } = of({ order: 0, dimensions, titles: reference.titles });
  expect(width).toBe(dimensions + 2);
  reference.coordinates.forEach((row, item) => {
    const own = row.slice(0, dimensions);
    const norm = Math.hypot(...own);
    own.forEach((value, k) =>
      expect(values[item * width + k]).toBeCloseTo(norm === 0 ? 0 : value / norm, 5),
    );
  });
});

test("one-hot the domain, then sines and cosines of the place among the sorted ids", () => {
  const { width, values } = of({ order: 2 });
  expect(width).toBe(6);
  const rowOf = (id: string) => {
    const at = itemIds.indexOf(id) * width;
    return [...values.subarray(at, at + width)];
  };
  // Domain as it is; two harmonics, sine and cosine each, of length 1 together.
  const near = (numbers: readonly number[]) =>
    numbers.map((value, k) => expect.closeTo(k < 2 ? value : value * Math.SQRT1_2, 6));
  expect(rowOf("9")).toEqual(near([1, 0, 0, 1, 0, 1]));
  // A third of the way: sin and cos of 60 and of 120 degrees.
  const root = Math.sqrt(3) / 2;
  expect(rowOf("10")).toEqual(near([1, 0, root, 0.5, root, -0.5]));
  expect(rowOf("x")).toEqual(near([1, 0, 0, -1, 0, 1]));
  expect(rowOf("a")).toEqual(near([0, 1, 0, 1, 0, 1]));
  expect(rowOf("c")).toEqual(near([0, 1, 1, 0, 0, -1]));
  expect(rowOf("e")).toEqual(near([0, 1, 0, -1, 0, 1]));
});

test("texts of another number of items are refused", () => {
  expect(() => of({ order: 0, dimensions: 2, titles: ["one"] })).toThrow(RangeError);
});
