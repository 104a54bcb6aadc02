import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { discreteGaussian, laplace, sampled } from "./accounting.fixture.ts";
import { deltaOf } from "./delta.ts";
import { epsilonOf } from "./epsilon.ts";
import { opacusOrders } from "./orders.ts";
import { rdpAccountant } from "./rdp-accountant.ts";
import { deltaOfRho, epsilonOfRho, rhoOf, zcdpAccountant } from "./zcdp.ts";

test("rho is 1 / (2 z^2) of Gaussians and of Laplace, which is 1 / b with delta 0", () => {
  expect(rhoOf(sampled(1, 2, 1).mechanism)).toBe(0.125);
  expect(rhoOf(discreteGaussian(2, 1).mechanism)).toBe(0.125);
  expect(rhoOf(laplace(4, 1).mechanism)).toBe(0.25 ** 2 / 2);
  expect(rhoOf(sampled(1, Infinity, 1).mechanism)).toBe(0);
  expect(rhoOf(sampled(0, 1, 1).mechanism)).toBe(0);
  expect(rhoOf(sampled(1, 0, 1).mechanism)).toBe(Infinity);
});

test("rho 0.81 at delta 1e-10 is 8.92 (TFP tree_aggregation_accountant_test.py)", () => {
  expect(epsilonOf((order) => 0.81 * order, 1e-10, opacusOrders)).toBeCloseTo(8.922258, 6);
  const least = epsilonOfRho(0.81, 1e-10);
  expect(least).toBeLessThanOrEqual(8.922258);
  expect(least).toBeGreaterThan(8.92);
});

test("is the least over all real orders: what the fine ones give, or a trace less", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 100, noNaN: true }),
      fc.integer({ min: 1, max: 15 }),
      (rho, digits) => {
        const delta = 10 ** -digits;
        const fine = epsilonOf((order) => rho * order, delta);
        const least = epsilonOfRho(rho, delta);
        expect(least).toBeLessThanOrEqual(fine * (1 + 1e-12));
        expect(least).toBeGreaterThanOrEqual(fine * 0.9995 - 1e-12);
        expect(deltaOfRho(rho, least)).toBeLessThanOrEqual(
          deltaOf((order) => rho * order, least) * (1 + 1e-9),
        );
        if (least > 0) expect(Math.log(deltaOfRho(rho, least)) / Math.log(delta)).toBeCloseTo(1, 6);
        // The simple bound of Bun and Steinke 2016, proposition 1.3.
        expect(least).toBeLessThanOrEqual(rho + 2 * Math.sqrt(rho * -Math.log(delta)));
      },
    ),
  );
});

describe("the accountant", () => {
  const uses = [sampled(1, 4, 10), discreteGaussian(5, 3), sampled(0, 1, 9), sampled(0.5, 1, 0)];

  test("adds rhos, and promises what Rényi orders do or a trace less", () => {
    const rho = 10 / 32 + 3 / 50;
    expect(zcdpAccountant.epsilon(uses, 1e-6)).toBeCloseTo(epsilonOfRho(rho, 1e-6), 12);
    const rdp = rdpAccountant.epsilon(uses, 1e-6);
    expect(zcdpAccountant.epsilon(uses, 1e-6)).toBeLessThanOrEqual(rdp * (1 + 1e-12));
    expect(zcdpAccountant.epsilon(uses, 1e-6)).toBeGreaterThan(rdp * 0.9999);
    expect(zcdpAccountant.delta(uses, 3)).toBeLessThanOrEqual(
      rdpAccountant.delta(uses, 3) * (1 + 1e-9),
    );
    expect(zcdpAccountant.refuses!(uses)).toBeUndefined();
  });

  test("of Laplace noise it promises more epsilon than Rényi orders, which know more", () => {
    const noisy = [laplace(10, 5)];
    expect(zcdpAccountant.epsilon(noisy, 1e-5)).toBeGreaterThan(rdpAccountant.epsilon(noisy, 1e-5));
  });

  test("refuses sampling, and says what to do", () => {
    const amplified = [sampled(0.1, 1, 1)];
    expect(zcdpAccountant.refuses!(amplified)).toBe(
      "zcdp knows no amplification by sampling (samplingRate 0.1); " +
        "take the accountant rdp or pld, or account for samplingRate 1",
    );
    expect(() => zcdpAccountant.epsilon(amplified, 1e-5)).toThrow("knows no amplification");
  });

  test("nothing costs 0, no noise everything", () => {
    expect(zcdpAccountant.epsilon([], 1e-5)).toBe(0);
    expect(zcdpAccountant.delta([], 0)).toBe(0);
    expect(zcdpAccountant.epsilon([sampled(1, 0, 1)], 1e-5)).toBe(Infinity);
    expect(zcdpAccountant.delta([sampled(1, 0, 1)], 9)).toBe(1);
    expect(() => epsilonOfRho(-1, 0.1)).toThrow("rho is -1");
  });
});
