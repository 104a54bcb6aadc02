import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MOST_UNITS, roundingReserve, unitsPerRun } from "./run-size.ts";

test("runs hold a Poisson step with three deviations to spare, or all units of a shuffled one", () => {
  const examples = { rowsPerUnit: 1, sampling: "poisson" } as const;
  expect(unitsPerRun(examples, { numUnits: 9000, batchUnits: 1024 })).toBe(374); // 3 runs hold 1024 + 96
  expect(unitsPerRun(examples, { numUnits: 510, batchUnits: 500 })).toBe(510);
  const shuffled = { rowsPerUnit: 8, sampling: "shuffled" } as const;
  expect(unitsPerRun(shuffled, { numUnits: 9000, batchUnits: 60 })).toBe(60);
});

test("large steps take several runs of one size, of at most 512 rows and a unit", () => {
  const sizes = fc.record({
    rowsPerUnit: fc.integer({ min: 1, max: 64 }),
    batchUnits: fc.integer({ min: 1, max: 20_000 }),
    numUnits: fc.integer({ min: 1, max: 100_000 }),
  });
  fc.assert(
    fc.property(sizes, ({ rowsPerUnit, ...units }) => {
      const perRun = unitsPerRun({ rowsPerUnit, sampling: "shuffled" }, units);
      const inStep = Math.min(units.batchUnits, units.numUnits);
      expect((perRun - 1) * rowsPerUnit).toBeLessThanOrEqual(512);
      expect(Math.ceil(inStep / perRun)).toBeLessThanOrEqual(
        Math.ceil((inStep * rowsPerUnit) / 512),
      );
    }),
  );
});

test("a step of 1024 leaves 0.3 % of the bound to rounding, the largest a quarter", () => {
  expect(roundingReserve(1024)).toBe(2 ** -10 + 2 ** -9);
  expect(roundingReserve(MOST_UNITS)).toBeCloseTo(0.251, 3);
});
