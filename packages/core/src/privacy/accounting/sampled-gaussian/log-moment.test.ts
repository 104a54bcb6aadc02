import fc from "fast-check";
import { expect, test } from "vitest";
import { gaussianRdp } from "../rdp.ts";
import probes from "../__fixtures__/probes.json" with { type: "json" };
import { binomialSum, LARGEST_SUMMED } from "./binomial-sum.ts";
import type { LogMoment } from "./log-moment.ts";
import { quadrature } from "./quadrature.ts";
import { sampledGaussianRdp } from "./rdp.ts";

/** benchmarks/reference/privacy.py: log A to 40 digits. Reached: 1.4e-14. */
const WITHIN = 5e-14;

const wrong = (logMoment: LogMoment, probe: (typeof probes.sampledGaussian)[number]): number =>
  Math.abs(logMoment(probe.order) / Number(probe.logMoment) - 1);

test.each(probes.sampledGaussian)(
  "the quadrature: q = $samplingRate, z = $noiseMultiplier, order $order",
  (probe) => expect(wrong(quadrature(probe), probe)).toBeLessThan(WITHIN),
);

test.each(
  probes.sampledGaussian.filter(({ order }) => Number.isInteger(order) && order <= LARGEST_SUMMED),
)("the binomial sum: q = $samplingRate, z = $noiseMultiplier, order $order", (probe) =>
  expect(wrong(binomialSum(probe), probe)).toBeLessThan(WITHIN),
);

test("the probes are these 39, the twelve of the specification first", () => {
  expect(probes.sampledGaussian).toHaveLength(39);
  expect(probes.sampledGaussian.slice(0, 12).map((probe) => Number(probe.logMoment))).toEqual([
    4.003412322526399e-8,
    3260463.2292971606,
    3263607.0397884212,
    8.769511304848498e-10,
    6.4426869538366495e-9,
    1.7182803522145153e-6,
    1.9129699912842963e-4,
    1.9991818458068295e-4,
    3263997.427114021,
    3.260108037973113,
    8.098568468073847e-4,
    expect.closeTo(2.071789073, 9),
  ]);
});

const rate = fc.double({ min: 1e-6, max: 0.999, noNaN: true });
const noise = fc.double({ min: 0.2, max: 30, noNaN: true });

test("both ways agree at whole orders", () => {
  fc.assert(
    fc.property(rate, noise, fc.integer({ min: 2, max: 200 }), (q, z, order) => {
      const mechanism = { samplingRate: q, noiseMultiplier: z };
      expect(quadrature(mechanism)(order) / binomialSum(mechanism)(order)).toBeCloseTo(1, 11);
    }),
    { numRuns: 200 },
  );
});

test("grows with the rate, the order and 1 / z, and is never above the Gaussian without sampling", () => {
  const order = fc.double({ min: 1.01, max: 300, noNaN: true });
  const more = fc.double({ min: 1.001, max: 2, noNaN: true });
  fc.assert(
    fc.property(rate, noise, order, more, (q, z, alpha, factor) => {
      const rdp = (samplingRate: number, noiseMultiplier: number, at: number): number =>
        sampledGaussianRdp({ samplingRate, noiseMultiplier })(at);
      const one = rdp(q, z, alpha);
      const rounding = 1 - 1e-12;
      expect(rdp(Math.min(1, q * factor), z, alpha)).toBeGreaterThanOrEqual(one * rounding);
      expect(rdp(q, z / factor, alpha)).toBeGreaterThanOrEqual(one * rounding);
      expect(rdp(q, z, alpha * factor)).toBeGreaterThanOrEqual(one * rounding);
      expect(one).toBeLessThanOrEqual(gaussianRdp(z, alpha) / rounding);
      expect(one).toBeGreaterThan(0);
    }),
    { numRuns: 200 },
  );
});

test("a rate of nearly 1 costs nearly as much as 1", () => {
  for (const order of [1.3, 2, 7.7, 40])
    expect(
      sampledGaussianRdp({ samplingRate: 1 - 1e-9, noiseMultiplier: 2 })(order) /
        gaussianRdp(2, order),
    ).toBeCloseTo(1, 7);
});

test("noise below 0.01 is not amplified; orders of 1 and below are refused", () => {
  const weak = sampledGaussianRdp({ samplingRate: 0.1, noiseMultiplier: 0.009 });
  expect(weak(2)).toBe(gaussianRdp(0.009, 2));
  const least = sampledGaussianRdp({ samplingRate: 0.1, noiseMultiplier: 0.01 });
  expect(least(2)).toBeLessThan(gaussianRdp(0.01, 2));
  for (const order of [1, 0.5, NaN]) expect(() => least(order)).toThrow("order is");
});
