import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { discretise, MASS_ERROR } from "./discretise.ts";
import { gaussianLoss } from "./gaussian-loss.ts";
import { laplaceLoss } from "./laplace-loss.ts";
import type { Loss } from "./loss.ts";

const losses: fc.Arbitrary<Loss> = fc.oneof(
  fc
    .record({
      samplingRate: fc.oneof(fc.double({ min: 1e-4, max: 1, noNaN: true }), fc.constant(1)),
      noiseMultiplier: fc.double({ min: 0.2, max: 20, noNaN: true }),
      direction: fc.constantFrom("remove" as const, "add" as const),
    })
    .map((options) => gaussianLoss({ ...options, tail: 1e-60 })),
  fc.double({ min: 0.2, max: 20, noNaN: true }).map(laplaceLoss),
);
const interval = fc.double({ min: 1e-3, max: 0.1, noNaN: true });

test("keeps all mass, and the mass of the other neighbour: sums of mass and of mass exp(-loss) are 1", () => {
  fc.assert(
    fc.property(losses, interval, (loss, step) => {
      const { first, masses, infinite } = discretise(loss, step);
      let [sum, other] = [0, 0];
      for (const [i, mass] of masses.entries()) {
        expect(mass).toBeGreaterThanOrEqual(0);
        sum += mass;
        other += mass * Math.exp(-(first + i) * step);
      }
      expect(Math.abs(sum + infinite - 1)).toBeLessThan(MASS_ERROR);
      expect(other).toBeCloseTo(1, 9);
    }),
    { numRuns: 30 },
  );
});

describe("a loss of 0.3 on a grid of 1", () => {
  const atom: Loss = { ...laplaceLoss(1), atoms: [{ loss: 0.3, mass: 1 }], to: 0 };

  test("goes to 0 and 1, by (1 - exp(-0.3)) / (1 - exp(-1)) to 1", () => {
    const { first, masses } = discretise(atom, 1);
    const toOne = (1 - Math.exp(-0.3)) / (1 - Math.exp(-1));
    expect(masses[-first]).toBeCloseTo(1 - toOne, 14);
    expect(masses[1 - first]).toBeCloseTo(toOne, 14);
    // More than in proportion: the mean grows, the mean of exp(-loss) stays.
    expect(toOne).toBeGreaterThan(0.3);
  });
});

test("what tails are cut off counts as loss without bound", () => {
  const loss = gaussianLoss({
    samplingRate: 0.1,
    noiseMultiplier: 1,
    direction: "remove",
    tail: 0.01,
  });
  const { masses, infinite } = discretise(loss, 0.01);
  const sum = masses.reduce((total, mass) => total + mass, 0);
  expect(infinite).toBe(0.01);
  expect(sum).toBeLessThan(1 - 0.001);
  expect(sum + infinite).toBeGreaterThan(1);
});

test("the loss and its inverse agree, and losses that are never reached lie at infinity", () => {
  for (const samplingRate of [0.01, 0.6, 1])
    for (const direction of ["remove", "add"] as const) {
      const loss = gaussianLoss({ samplingRate, noiseMultiplier: 1.3, direction, tail: 1e-10 });
      for (const x of [-5, -1, 0, 0.4, 3, 5]) expect(loss.inverse(loss.loss(x))).toBeCloseTo(x, 9);
    }
  const options = { samplingRate: 0.25, noiseMultiplier: 1, tail: 1e-10 };
  expect(gaussianLoss({ ...options, direction: "remove" }).inverse(-0.3)).toBe(-Infinity);
  expect(gaussianLoss({ ...options, direction: "add" }).inverse(0.3)).toBe(Infinity);
});
