import * as fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf } from "../random/index.ts";
import { weightedItems, weightedOutside, weightedUntaken, weightsBefore } from "./weighted.ts";

const someWeights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 12 });

test("each item outside of the slice has its share of the weight there, to within rounding", () => {
  fc.assert(
    fc.property(someWeights, fc.array(fc.nat(11)), (given, some) => {
      const weights = Float64Array.from(given);
      const excluded = new Set(some.filter((item) => item < weights.length));
      const free = [...weights.keys()].filter((i) => !excluded.has(i) && weights[i]! > 0);
      fc.pre(free.length > 0);
      const items = Int32Array.from([...excluded].toSorted((a, b) => a - b));
      const slice = { items, start: 0, end: items.length };
      // A stream whose uniform numbers are the middles of `total` equal parts: item i owns w_i of them.
      const total = free.reduce((sum, i) => sum + weights[i]!, 0);
      const counts = new Map<number, number>();
      for (let part = 0; part < total; part++) {
        const u = (part + 0.5) / total;
        const high = Math.floor(u * 2 ** 27);
        const words = [high << 5, 0];
        const stream = { next: () => words.shift()! } as unknown as ReturnType<typeof streamOf>;
        const item = weightedOutside(
          weightedItems(weights),
          { ...slice, before: weightsBefore(weights, slice) },
          stream,
        );
        counts.set(item, (counts.get(item) ?? 0) + 1);
      }
      expect([...counts].toSorted(([a], [b]) => a - b)).toEqual(free.map((i) => [i, weights[i]]));
    }),
  );
});

test("where taken items hold nearly all weight, the rest is listed and keeps its proportion 2:1", () => {
  const weights = Float64Array.of(1e12, 2, 1, 0);
  const slice = { items: Int32Array.of(), start: 0, end: 0 };
  const excluded = { ...slice, before: weightsBefore(weights, slice) };
  const random = streamOf(4, "rare");
  const weighted = weightedItems(weights);
  let first = 0;
  const draws = 3000;
  for (let i = 0; i < draws; i++) {
    const item = weightedUntaken(weighted, excluded, random, (candidate) => candidate === 0);
    expect([1, 2]).toContain(item);
    if (item === 1) first += 1;
  }
  expect(Math.abs(first - (2 / 3) * draws)).toBeLessThan(4 * Math.sqrt((draws * 2) / 9));
});
