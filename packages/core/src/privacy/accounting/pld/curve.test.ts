import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { laplace, sampled } from "../accounting.fixture.ts";
import type { Uses } from "../mechanism.ts";
import { leastLogDelta } from "../rdp-accountant.ts";
import { pldAccountant } from "./accountant.ts";
import { curveOfSum } from "./curve.ts";
import { lossSums } from "./sums.ts";

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const uses: fc.Arbitrary<Uses> = fc.oneof(
  fc
    .tuple(number(0.01, 1), number(0.7, 10), fc.integer({ min: 1, max: 30 }))
    .map((numbers) => sampled(...numbers)),
  fc.tuple(number(1, 50), fc.integer({ min: 1, max: 10 })).map((n) => laplace(...n)),
);
const several = fc.array(uses, { minLength: 1, maxLength: 3 });
const epsilons = [0, 0.05, 0.2, 0.5, 1, 2];

describe("the tilt only decides how many digits there are", () => {
  const options = { interval: 0.01, tail: 1e-14 };
  /** Without a tilt, where rounding and the window take 1e-11 at most. */
  const plain = (all: readonly Uses[], epsilon: number): number =>
    Math.max(...lossSums(all, { ...options, tilt: 0 }).map((sum) => curveOfSum(sum)(epsilon)));

  test("none gives less than there is", () => {
    const tilts = number(-2, 6).map((digits) => 10 ** digits);
    fc.assert(
      fc.property(several, tilts, (all, tilt) => {
        const curves = lossSums(all, { ...options, tilt }).map(curveOfSum);
        for (const epsilon of epsilons) {
          const delta = Math.max(...curves.map((curve) => curve(epsilon)));
          expect(delta).toBeGreaterThanOrEqual(plain(all, epsilon) - 1e-11);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("those near the best Rényi order's give the same", () => {
    fc.assert(
      fc.property(several, fc.constantFrom(...epsilons), number(0.5, 2), (all, epsilon, part) => {
        const truth = plain(all, epsilon);
        fc.pre(truth > 1e-7);
        const tilt = part * (leastLogDelta(all, epsilon).order - 1);
        const curves = lossSums(all, { ...options, tilt: Math.min(50, tilt) }).map(curveOfSum);
        const delta = Math.max(...curves.map((curve) => curve(epsilon)));
        expect(Math.abs(delta / truth - 1)).toBeLessThan(2e-4);
      }),
      { numRuns: 40 },
    );
  });
});

test("never grows with epsilon, window or not", () => {
  fc.assert(
    fc.property(several, number(0.1, 1000), (all, tilt) => {
      for (const sum of lossSums(all, { tilt, interval: 0.01, tail: 1e-14 })) {
        const curve = curveOfSum(sum);
        let last = 1;
        for (let epsilon = 0; epsilon < 4; epsilon += 0.0237) {
          const delta = curve(epsilon);
          expect(delta).toBeLessThanOrEqual(last * (1 + 1e-12));
          last = delta;
        }
      }
    }),
    { numRuns: 20 },
  );
});

/** All of n losses are 1 / b with probability 2^-n, so that delta >= 2^-n (1 - exp(epsilon - n / b)). */
test("of Laplace noise hardly less than the sum of the epsilons, however small delta is", () => {
  fc.assert(
    fc.property(
      number(0.5, 100),
      fc.integer({ min: 1, max: 12 }),
      number(2, 15),
      (b, n, digits) => {
        const delta = 10 ** -digits;
        const epsilon = pldAccountant.epsilon([laplace(b, n)], delta);
        expect(2 ** -n * -Math.expm1(epsilon - n / b)).toBeLessThanOrEqual(delta * (1 + 1e-6));
        expect(epsilon).toBeLessThanOrEqual((n / b) * (1 + 1e-12));
      },
    ),
    { numRuns: 60 },
  );
});
