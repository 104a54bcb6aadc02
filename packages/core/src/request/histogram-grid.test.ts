import fc from "fast-check";
import { expect, test } from "vitest";
import { cellOf, domainAt, groupOf, histogramGrid } from "./histogram-grid.ts";
import { itemStarts, span } from "./histogram.fixture.ts";

const grid = histogramGrid({ itemStarts, levels: [4, 2, 1], days: [50, 30, 10], span });

test("groups never reach from one domain into the next; cells of levels follow each other", () => {
  const groups = grid.levels.map((level) =>
    Array.from({ length: 9 }, (_, item) => groupOf(grid, level, item)),
  );
  expect(groups).toEqual([
    [0, 0, 0, 0, 1, 1, 1, 1, 2],
    [0, 0, 1, 1, 2, 2, 3, 3, 4],
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  ]);
  expect(grid.levels.map(({ bins, offset }) => [bins, offset])).toEqual([
    [2, 0],
    [4, 6],
    [10, 26],
  ]);
  expect(grid.size).toBe(116);
  expect([0, 3, 4, 8].map((item) => domainAt(itemStarts, item))).toEqual([0, 0, 1, 1]);
});

test("bins begin at multiples of their length, whenever the first event is; outside is no cell", () => {
  const late = histogramGrid({
    itemStarts,
    levels: [1],
    days: [10],
    span: { first: 27, last: 41 },
  });
  const [level] = late.levels;
  expect([level!.firstBin, level!.bins]).toEqual([2, 3]);
  const cell = (day: number) => cellOf(late, level!, { item: 1, day });
  expect([19.9, 20, 29.9, 30, 49.9, 50].map(cell)).toEqual([-1, 3, 3, 4, 5, -1]);
});

test("every cell belongs to one group and one bin", () => {
  fc.assert(
    fc.property(fc.nat({ max: 8 }), fc.nat({ max: 99 }), (item, day) => {
      for (const level of grid.levels) {
        const cell = cellOf(grid, level, { item, day }) - level.offset;
        expect(Math.floor(cell / level.bins)).toBe(groupOf(grid, level, item));
        expect(cell % level.bins).toBe(Math.floor(day / level.days));
      }
    }),
  );
});

test.each([
  { levels: [4, 3], days: [1, 1], problem: "groups of 4 items have none of 3" },
  { levels: [4], days: [1, 1], problem: "1 levels, 2 lengths of time" },
  { levels: [], days: [], problem: "0 levels" },
])("levels $levels with days $days are no grid", ({ problem, ...given }) =>
  expect(() => histogramGrid({ itemStarts, span, ...given })).toThrow(problem),
);
