import { expect, test } from "vitest";
import { batchUnitsOf, passCost } from "./pass-cost.ts";

test("a step expects as many units as fit, and at least one", () => {
  expect(batchUnitsOf({ rowsPerUnit: 1 }, 64)).toBe(64);
  expect(batchUnitsOf({ rowsPerUnit: 8 }, 63)).toBe(7);
  expect(batchUnitsOf({ rowsPerUnit: 8 }, 4)).toBe(1);
});

test("Poisson: 1000 units in steps of 96 are 11 steps of rate 0.096; unamplified of rate 1", () => {
  const cost = passCost(
    { noiseMultiplier: 1.3, sampling: "poisson" },
    { numUnits: 1000, batchUnits: 96 },
  );
  expect(cost).toEqual({
    mechanism: { kind: "gaussian", noiseMultiplier: 1.3, samplingRate: 0.096 },
    unamplified: { kind: "gaussian", noiseMultiplier: 1.3, samplingRate: 1 },
    steps: 11,
  });
});

test("fewer units than a step expects: all are in one step", () => {
  const cost = passCost(
    { noiseMultiplier: 2, sampling: "poisson" },
    { numUnits: 30, batchUnits: 96 },
  );
  expect(cost.mechanism).toEqual({ kind: "gaussian", noiseMultiplier: 2, samplingRate: 1 });
  expect(cost.steps).toBe(1);
});

test("shuffled: a pass is one mechanism that all units are in", () => {
  const cost = passCost(
    { noiseMultiplier: 1.3, sampling: "shuffled" },
    { numUnits: 1000, batchUnits: 96 },
  );
  const gaussian = { kind: "gaussian", noiseMultiplier: 1.3, samplingRate: 1 };
  expect(cost).toEqual({ mechanism: gaussian, unamplified: gaussian, steps: 1 });
});
