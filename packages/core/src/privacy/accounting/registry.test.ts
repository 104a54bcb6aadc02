import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampled } from "./accounting.fixture.ts";
import { accountants } from "./registry.ts";

test("the accountants that a config may name", () =>
  expect(Object.keys(accountants)).toEqual(["rdp", "zcdp", "pld"]));

const uses = fc.array(
  fc
    .tuple(
      fc.constant(1),
      fc.double({ min: 0.8, max: 100, noNaN: true }),
      fc.integer({ min: 1, max: 50 }),
    )
    .map((numbers) => sampled(...numbers)),
  { minLength: 1, maxLength: 3 },
);

describe.each(Object.entries(accountants))("%s keeps an accountant's laws", (_, accountant) => {
  const within = 1 + 2e-4;

  test("order and splitting of uses do not matter, and more of them cost no less", () => {
    fc.assert(
      fc.property(uses, (all) => {
        const epsilon = accountant.epsilon(all, 1e-6);
        expect(accountant.epsilon(all.toReversed(), 1e-6) / epsilon).toBeCloseTo(1, 6);
        const split = all.flatMap(({ mechanism, count }) =>
          count > 1
            ? [
                { mechanism, count: 1 },
                { mechanism, count: count - 1 },
              ]
            : [{ mechanism, count }],
        );
        expect(accountant.epsilon(split, 1e-6) / epsilon).toBeCloseTo(1, 6);
        expect(accountant.epsilon([...all, ...all], 1e-6)).toBeGreaterThanOrEqual(epsilon);
      }),
      { numRuns: 20 },
    );
  });

  test("is never below the closed form of the Gaussian, and no further above than Rényi orders", () => {
    fc.assert(
      fc.property(uses, (all) => {
        const precision = all.reduce(
          (sum, { mechanism, count }) => sum + count / mechanism.noiseMultiplier ** 2,
          0,
        );
        const mu = Math.sqrt(precision);
        fc.pre(mu < 8);
        const epsilon = accountant.epsilon(all, 1e-6);
        // Balle and Wang 2018, by plain integration: a third of the way to 0 it is above delta.
        const deltaAt = (at: number): number => {
          let sum = 0;
          const step = 1 / 400;
          for (let x = -10; x < mu + 10; x += step)
            sum += Math.max(0, Math.exp(-0.5 * (x - mu) ** 2) - Math.exp(at - 0.5 * x * x));
          return (sum * step) / Math.sqrt(2 * Math.PI);
        };
        expect(deltaAt(epsilon)).toBeLessThanOrEqual(1e-6 * 1.001);
        if (epsilon > 0.1) expect(deltaAt(epsilon * 0.7)).toBeGreaterThan(1e-6);
        expect(epsilon).toBeLessThanOrEqual(accountants.rdp.epsilon(all, 1e-6) * within);
      }),
      { numRuns: 20 },
    );
  });

  test("delta of epsilon of delta is no more than delta", () => {
    fc.assert(
      fc.property(uses, fc.integer({ min: 2, max: 10 }), (all, digits) => {
        const delta = 10 ** -digits;
        expect(accountant.delta(all, accountant.epsilon(all, delta))).toBeLessThanOrEqual(
          delta * 1.02,
        );
      }),
      { numRuns: 20 },
    );
  });
});
