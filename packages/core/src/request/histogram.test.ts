import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellOf, histogramGrid } from "./histogram-grid.ts";
import { histogramSum } from "./histogram.ts";
import { eventsOf, itemStarts, someRows, span, type Event } from "./histogram.fixture.ts";

const grid = histogramGrid({ itemStarts, levels: [4, 2, 1], days: [50, 30, 10], span });
const LOOSE = 1e6;

const sumOf = (rows: readonly (readonly Event[])[], bound: number) =>
  histogramSum(eventsOf(rows), grid, { bound });

const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

test("without a bound that matters, cells are plain counts at every level", () => {
  fc.assert(
    fc.property(someRows, (rows) => {
      const counts = new Float64Array(grid.size);
      for (const [item, day] of rows.flat())
        for (const level of grid.levels) counts[cellOf(grid, level, { item, day })]! += 1;
      expect(sumOf(rows, LOOSE)).toEqual(counts);
    }),
  );
});

describe("whoever is there or not", () => {
  test("moves the sum by at most the bound, whatever the events are", () => {
    fc.assert(
      fc.property(
        someRows,
        fc.nat(),
        fc.double({ min: 0.1, max: 20, noNaN: true }),
        (rows, which, bound) => {
          const gone = which % rows.length;
          const all = sumOf(rows, bound);
          const others = sumOf(
            rows.filter((_, row) => row !== gone),
            bound,
          );
          const moved = norm(all.map((value, cell) => value - others[cell]!));
          expect(moved).toBeLessThanOrEqual(bound * (1 + 1e-12));
        },
      ),
    );
  });

  test("moves it by the bound where the events weigh more: the bound is not loose", () => {
    // 3 events in one cell of each of 3 levels: sqrt(27).
    const one: Event[] = [
      [1, 5],
      [1, 6],
      [1, 7],
    ];
    expect(norm(sumOf([one], 2))).toBeCloseTo(2, 12);
    expect(norm(sumOf([one], LOOSE))).toBeCloseTo(Math.sqrt(27), 12);
    // In cells of their own at the finest level only: 9 + 9 + 3.
    const apart: Event[] = [
      [0, 5],
      [1, 15],
      [1, 25],
    ];
    expect(norm(sumOf([apart], LOOSE))).toBeCloseTo(Math.sqrt(21), 12);
  });
});

test("sums of parts of the contributors add up to the sum of all, to the last bit where nothing is cut", () => {
  const rows: Event[][] = [
    [
      [0, 5],
      [8, 99],
    ],
    [[3, 40]],
    [],
    [[8, 99.4]],
  ];
  const parts = [sumOf(rows.slice(0, 2), LOOSE), sumOf(rows.slice(2), LOOSE)];
  expect(parts[0]!.map((value, cell) => value + parts[1]![cell]!)).toEqual(sumOf(rows, LOOSE));
});

test("events outside of the span are in no cell", () =>
  expect(norm(sumOf([[[0, 120]], [[0, -1]]], LOOSE))).toBe(0));

test("a bound that is none is refused", () =>
  expect(() => sumOf([], 0)).toThrow("a bound of 0 is not positive"));
