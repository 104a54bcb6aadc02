import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { histogramGrid } from "./histogram-grid.ts";
import { recencyFromCells } from "./histogram-recency.ts";
import { histogramSum } from "./histogram.ts";
import { eventsOf, itemStarts, someRows, span, type Event } from "./histogram.fixture.ts";

const LOOSE = 1e6;
const FLOOR = 0.05;
const mix = { windowsDays: [7, 30], windowWeights: [1, 3] };

/** What is read of rows, without noise. */
function readerOf(
  rows: readonly (readonly Event[])[],
  { levels = [1], days = [1], deviation = 0, ...options } = { ...mix } as {
    readonly levels?: readonly number[];
    readonly days?: readonly number[];
    readonly deviation?: number;
    readonly windowsDays: readonly number[];
    readonly windowWeights: readonly number[];
  },
) {
  const grid = histogramGrid({ itemStarts, levels, days, span });
  const cells = histogramSum(eventsOf(rows), grid, { bound: LOOSE });
  return recencyFromCells(cells, grid, { ...options, deviation });
}

describe("without noise, cells of one item and day", () => {
  test("give windowed counts that end before the day of the request", () => {
    fc.assert(
      fc.property(
        someRows,
        fc.nat({ max: 8 }),
        fc.double({ min: -5, max: 150, noNaN: true }),
        (rows, item, day) => {
          const counted = (window: number) =>
            rows
              .flat()
              .filter(
                ([own, at]) =>
                  own === item &&
                  Math.floor(at) < Math.floor(day) &&
                  Math.floor(at) >= Math.floor(day) - window,
              ).length;
          // Rates, events a day, are mixed 1 to 3.
          const mixed = (counted(7) / 7 + (3 * counted(30)) / 30) / (1 / 7 + 3 / 30);
          const expected = Math.log(mixed + FLOOR);
          expect(readerOf(rows).score(item, day)).toBeCloseTo(expected, 5);
        },
      ),
    );
  });

  test("what happens from the request's bin on changes nothing, at any level", () => {
    const levels = { levels: [4, 1], days: [20, 10], ...mix, deviation: 0.5 };
    fc.assert(
      fc.property(someRows, fc.nat({ max: 8 }), fc.nat({ max: 99 }), (rows, item, day) => {
        const ended = (length: number) => Math.floor(day / length) * length;
        const before = rows.map((row) => row.filter(([, at]) => at < ended(10)));
        const coarse = rows.map((row) => row.filter(([, at]) => at < ended(20)));
        const all = readerOf(rows, levels).score(item, day);
        expect(readerOf(before, levels).score(item, day)).toBe(all);
        // A coarse bin that has not ended is not looked at, even where a fine one inside of it is.
        const coarseOnly = { ...levels, levels: [4], days: [20] };
        expect(readerOf(coarse, coarseOnly).score(item, day)).toBe(
          readerOf(rows, coarseOnly).score(item, day),
        );
      }),
    );
  });
});

test("a window is made of whole bins, scaled to its length", () => {
  // Bins of 10 days; windows of 7 and of 25 days take the latest bin and the latest 3 (25 / 10, rounded).
  const rows: Event[][] = [
    [
      [0, 5],
      [0, 15],
      [0, 25],
      [0, 26],
    ],
  ];
  const options = { levels: [1], days: [10], windowsDays: [7, 25], windowWeights: [1, 1] };
  // Events a day are 2 / 10 and 4 / 30.
  const expected = (2 / 10 + 4 / 30) / (1 / 7 + 1 / 25);
  const reader = readerOf(rows, options);
  expect(reader.score(0, 30)).toBeCloseTo(Math.log(expected + FLOOR), 6);
  expect(reader.score(0, 39.9)).toBe(reader.score(0, 30));
  // Before any bin has ended, and long after the last.
  expect(reader.score(0, 9)).toBeCloseTo(Math.log(FLOOR), 6);
  expect(reader.score(0, 500)).toBeCloseTo(Math.log(FLOOR), 6);
});

test("noisy levels are joined from coarse to fine, each part exponential around its share", () => {
  // One bin of ten days; counts of domain one's items 0 to 3: 6, 0, 1, 1. Its noise has variance 4.
  const rows: Event[][] = [
    [...Array.from({ length: 6 }, (): Event => [0, 1]), [2, 1], [3, 1]],
    [[4, 1]],
  ];
  const options = {
    levels: [2, 1],
    days: [10, 10],
    windowsDays: [10],
    windowWeights: [1],
    deviation: 2,
  };
  // Bayes by sums over what may be, in place of the closed form.
  const joined = (y: number, m: number) => {
    let [weight, moment] = [0, 0];
    for (let x = 0.0005; x < 60; x += 0.001) {
      const likely = Math.exp(-x / m - (y - x) ** 2 / 8);
      weight += likely;
      moment += likely * x;
    }
    return moment / weight;
  };
  // 8 in all, two groups: 4 is expected of each.
  const groups = [joined(6, 4), joined(2, 4)];
  const items = [
    joined(6, groups[0]! / 2),
    joined(0, groups[0]! / 2),
    joined(1, groups[1]! / 2),
    joined(1, groups[1]! / 2),
  ];
  const reader = readerOf(rows, options);
  items.forEach((estimate, item) =>
    expect(reader.score(item, 10)).toBeCloseTo(Math.log(estimate + FLOOR), 6),
  );
});

test("scores are finite whatever the noise is", () => {
  const grid = histogramGrid({ itemStarts, levels: [4, 1], days: [10, 10], span });
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -100, max: 100, noNaN: true }), {
        minLength: grid.size,
        maxLength: grid.size,
      }),
      fc.double({ min: -50, max: 200, noNaN: true }),
      (values, day) => {
        const reader = recencyFromCells(Float32Array.from(values), grid, { ...mix, deviation: 5 });
        for (let item = 0; item < 9; item++) expect(reader.score(item, day)).toSatisfy(isFinite);
      },
    ),
    { numRuns: 30 },
  );
});

test("cells of another grid are refused", () => {
  const grid = histogramGrid({ itemStarts, levels: [1], days: [10], span });
  expect(() => recencyFromCells(new Float64Array(3), grid, { ...mix, deviation: 0 })).toThrow(
    "3 cells, the grid has 90",
  );
});
