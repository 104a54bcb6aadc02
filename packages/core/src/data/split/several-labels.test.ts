import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { kFold } from "./k-fold.ts";
import { randomSplit } from "./random.ts";
import type { SplittableRows } from "./split.ts";
import { lists, seeded, someRows } from "./splits.laws.ts";

const folds = { folds: 5, fold: "seed", by: "row", stratify: true, partition: 1 } as const;

/** Rows with a label click and a label sale, which some do not know. */
const clicksAndSales = someRows.chain((rows) =>
  fc
    .array(fc.constantFrom(-1, 0, 1), { minLength: rows.numRows, maxLength: rows.numRows })
    .map((sale) => ({ ...rows, furtherLabels: [Float32Array.from(sale)] })),
);

type Rows = SplittableRows & { readonly furtherLabels: readonly Float32Array[] };

const plain = { client: "de", time: undefined, seed: 0, random: streamOf(0, "split") };

/** How many of the given rows have each combination of labels. */
function combinations({ label, furtherLabels }: Rows, of: Iterable<number>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of of) {
    const key = `${label[row]} ${furtherLabels[0]![row]}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** The largest difference of a part's count of a combination to the share that is due to it. */
function farthest(rows: Rows, part: readonly number[], share: number): number {
  const own = combinations(rows, part);
  const all = combinations(rows, rows.label.keys());
  return Math.max(...[...all].map(([key, count]) => Math.abs((own.get(key) ?? 0) - share * count)));
}

describe("stratified by several labels", () => {
  test("k-fold: each fold has every combination within a row of exact, and folds equal sizes", () => {
    fc.assert(
      fc.property(clicksAndSales, fc.nat(4), (rows, seed) => {
        const parts = lists(kFold(seeded(rows, seed), { ...folds, valid: "fold" }));
        for (const part of parts.slice(1)) {
          expect(farthest(rows, part, 1 / 5)).toBeLessThan(1);
          expect(Math.abs(part.length - rows.numRows / 5)).toBeLessThan(1);
        }
      }),
    );
  });

  test("k-fold: a share of what is not tested validates, within half a row of exact", () => {
    fc.assert(
      fc.property(clicksAndSales, fc.nat(4), (rows, seed) => {
        const [train, valid, held] = lists(kFold(seeded(rows, seed), { ...folds, valid: 0.25 }));
        const others = combinations(rows, [...train!, ...valid!]);
        const own = combinations(rows, valid!);
        for (const [key, count] of others)
          expect(Math.abs((own.get(key) ?? 0) - 0.25 * count)).toBeLessThanOrEqual(0.5);
        expect(held).toEqual(lists(kFold(seeded(rows, seed), { ...folds, valid: "fold" }))[2]);
      }),
    );
  });

  test("random: test and validation are within half a row of exact, training within one", () => {
    fc.assert(
      fc.property(clicksAndSales, (rows) => {
        const parts = lists(randomSplit(rows, { valid: 0.2, test: 0.1, stratify: true }));
        expect(farthest(rows, parts[0]!, 0.7)).toBeLessThanOrEqual(1 + 1e-9);
        expect(farthest(rows, parts[1]!, 0.2)).toBeLessThanOrEqual(0.5 + 1e-9);
        expect(farthest(rows, parts[2]!, 0.1)).toBeLessThanOrEqual(0.5 + 1e-9);
      }),
    );
  });

  test("by click alone, 12 sales would fall unevenly into five folds", () => {
    // 200 clicks among 1,000 rows; every 17th click led to a sale.
    const label = Float32Array.from({ length: 1000 }, (_, row) => (row < 200 ? 1 : 0));
    const sale = Float32Array.from(label, (click, row) => (click === 1 && row % 17 === 0 ? 1 : 0));
    const rows = { ...plain, numRows: 1000, user: new Int32Array(1000), numUsers: 1, label };
    const salesByFold = (furtherLabels: readonly Float32Array[]) =>
      [0, 1, 2, 3, 4].map((seed) => {
        const held = kFold(seeded({ ...rows, furtherLabels }, seed), {
          ...folds,
          valid: "fold",
        }).test;
        return held.reduce((sum, row) => sum + sale[row]!, 0);
      });
    expect(salesByFold([sale]).toSorted((a, b) => a - b)).toEqual([2, 2, 2, 3, 3]);
    expect(Math.max(...salesByFold([]))).toBeGreaterThan(3);
  });
});

describe("the share that validates", () => {
  const rows = (seed: number): SplittableRows =>
    seeded(
      {
        ...plain,
        numRows: 500,
        user: Int32Array.from({ length: 500 }, (_, row) => row % 25),
        numUsers: 25,
        label: Float32Array.from({ length: 500 }, (_, row) => (row % 5 === 0 ? 1 : 0)),
      },
      seed,
    );
  const parts = (seed: number) => lists(kFold(rows(seed), { ...folds, valid: 0.1 }));

  test("leaves 360 of 500 rows to train, 40 to validate and 100 to test, each with a fifth positive", () => {
    expect(parts(3).map((part) => part.length)).toEqual([360, 40, 100]);
    expect(parts(3).map((part) => part.filter((row) => row % 5 === 0).length)).toEqual([72, 8, 20]);
  });

  test("is the fold's, whatever the seed, and another one for another fold", () => {
    expect(parts(8)).toEqual(parts(3));
    const [a, b] = [new Set(parts(3)[1]), new Set(parts(4)[1])];
    // Of the 300 rows outside both test folds, both draws take one in a hundred.
    expect(a.intersection(b).size).toBeLessThan(15);
  });

  test("by user: two of the twenty users outside the test fold validate", () => {
    const split = kFold(rows(2), { ...folds, by: "user", stratify: false, valid: 0.1 });
    const users = (part: Int32Array) => new Set(Array.from(part, (row) => row % 25));
    expect([split.train, split.valid, split.test].map((part) => users(part).size)).toEqual([
      18, 2, 5,
    ]);
    expect(split.notes).toEqual([
      "fold 2 of 5 (counted from 0, by user) is test, 10% of the others validation",
    ]);
  });
});
