import fc from "fast-check";
import { expect, test } from "vitest";
import probes from "./__fixtures__/probes.json" with { type: "json" };
import { laplaceRdp } from "./laplace.ts";

/** The closed form with 40 digits (benchmarks/reference/privacy.py). */
test.each(probes.laplace)("scale $noiseMultiplier at order $order: log A", (probe) => {
  const logMoment = laplaceRdp(probe.noiseMultiplier, probe.order) * (probe.order - 1);
  expect(Math.abs(logMoment / Number(probe.logMoment) - 1)).toBeLessThan(1e-13);
});

test("scale 1 at order 2 costs log(2/3 e + 1/3 e^-2) (Mironov 2017, table II)", () =>
  expect(laplaceRdp(1, 2)).toBeCloseTo(Math.log((2 * Math.E + Math.exp(-2)) / 3), 14));

test("grows with the order up to 1 / b, which is its epsilon with delta 0", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.05, max: 1e3, noNaN: true }),
      fc.double({ min: 1.001, max: 1e4, noNaN: true }),
      (scale, order) => {
        const cost = laplaceRdp(scale, order);
        expect(cost).toBeLessThanOrEqual((1 / scale) * (1 + 1e-12));
        expect(cost).toBeLessThanOrEqual(laplaceRdp(scale, order * 1.5) * (1 + 1e-12));
        // 1 / b is epsilon with delta 0, which is (1 / b)^2 / 2-concentrated.
        expect(cost).toBeLessThanOrEqual(((0.5 * order) / scale ** 2) * (1 + 1e-12));
      },
    ),
  );
  expect(laplaceRdp(4, Infinity)).toBe(0.25);
  expect(laplaceRdp(0, 3)).toBe(Infinity);
  expect(laplaceRdp(Infinity, 3)).toBe(0);
});

test("what is no scale or order is refused", () => {
  expect(() => laplaceRdp(-1, 2)).toThrow("scale is -1");
  expect(() => laplaceRdp(1, 1)).toThrow("order is 1");
});
