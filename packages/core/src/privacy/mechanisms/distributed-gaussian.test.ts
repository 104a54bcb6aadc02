import fc from "fast-check";
import { describe, expect, test } from "vitest";
import fixture from "./__fixtures__/mechanisms.json" with { type: "json" };
import { seededBytes } from "./bytes.fixture.ts";
import { discreteGaussian } from "./discrete-gaussian.ts";
import { distributedNoiseMultiplier, noiseShare } from "./distributed-gaussian.ts";
import { addModular, decodeModular, encodeModular } from "./modular.ts";

describe.each(fixture.sums)(
  "$clients shares of sigma $sigma, sensitivity $delta, $dimension coordinates",
  (sum) => {
    const noise = {
      step: 0.5,
      sigma: sum.sigma,
      clipNorm: sum.delta / 2,
      minimumClients: sum.clients,
      dimension: sum.dimension,
    };

    test("cost what mpmath finds by the formula, rounded down by 2^-44", () => {
      const multiplier = distributedNoiseMultiplier(noise);
      expect(multiplier / sum.noiseMultiplier).toBeCloseTo(1, 12);
      expect(multiplier).toBeLessThan(sum.noiseMultiplier);
    });

    test("and that is no less than the Renyi divergences of the sum's exact distribution", () => {
      const multiplier = distributedNoiseMultiplier(noise);
      sum.orders.forEach((order, i) =>
        expect(order / (2 * multiplier ** 2)).toBeGreaterThanOrEqual(sum.divergences[i]!),
      );
    });
  },
);

test("with much noise a sum of shares is as good as one draw: 1 / epsilon is sqrt(m) sigma / Delta", () => {
  const noise = { step: 2 ** -10, sigma: 500, clipNorm: 1, minimumClients: 16, dimension: 1e7 };
  expect(distributedNoiseMultiplier(noise)).toBeCloseTo((4 * 500) / 1024, 12);
});

test("shares of less than 1/2 promise nothing", () => {
  const noise = { step: 1, clipNorm: 1, minimumClients: 4, dimension: 10 };
  expect(distributedNoiseMultiplier({ ...noise, sigma: 0 })).toBe(0);
  expect(distributedNoiseMultiplier({ ...noise, sigma: 0.49 })).toBe(0);
  expect(distributedNoiseMultiplier({ ...noise, sigma: 0.5 })).toBeGreaterThan(0);
});

describe("the share of a client", () => {
  const options = fc.record({
    noiseMultiplier: fc.double({ min: 0.01, max: 50, noNaN: true }),
    clipNorm: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    minimumClients: fc.integer({ min: 1, max: 40 }),
    clients: fc.integer({ min: 40, max: 100 }),
    bits: fc.integer({ min: 9, max: 32 }),
  });

  test("leaves room for all vectors with 12 deviations of all noise, and not for twice as much", () => {
    fc.assert(
      fc.property(options, (given) => {
        const { step, sigma } = noiseShare(given);
        const { clients, clipNorm, bits } = given;
        const needed = clients * clipNorm + 12 * sigma * step * Math.sqrt(clients);
        expect(needed).toBeLessThanOrEqual(step * (2 ** (bits - 1) - 1));
        if (bits > 16) expect(needed).toBeGreaterThan(0.97 * step * 2 ** (bits - 1));
      }),
    );
  });

  test("makes the sum of the fewest clients' noise what was asked for, or more by rounding up to an integer", () => {
    fc.assert(
      fc.property(options, (given) => {
        const { step, sigma } = noiseShare(given);
        const { noiseMultiplier, clipNorm, minimumClients } = given;
        expect(Number.isInteger(sigma)).toBe(true);
        const deviation = sigma * step * Math.sqrt(minimumClients);
        expect(deviation).toBeGreaterThanOrEqual(noiseMultiplier * clipNorm);
        expect(deviation - noiseMultiplier * clipNorm).toBeLessThanOrEqual(
          1.0001 * step * Math.sqrt(minimumClients),
        );
      }),
    );
  });

  test("is 0 without noise", () => {
    const given = { noiseMultiplier: 0, clipNorm: 2, minimumClients: 3, clients: 4, bits: 8 };
    const { step, sigma } = noiseShare(given);
    expect(sigma).toBe(0);
    expect(step).toBeCloseTo(8 / 127, 12);
  });

  test("does not exist where the bits do not hold so many clients", () => {
    const given = { noiseMultiplier: 1, clipNorm: 1, minimumClients: 200, clients: 200, bits: 8 };
    expect(() => noiseShare(given)).toThrow(
      expect.objectContaining({
        code: "PRIVACY_BITS",
        message: "integers of 8 bits do not hold the noise of 200 clients; take 9 bits or more",
      }),
    );
    expect(noiseShare({ ...given, bits: 9 }).sigma).toBeGreaterThan(0);
  });
});

test("twenty clients' sums, modulo 2^16, have the mean of their vectors and the noise that was asked for", () => {
  const [clients, minimumClients, dimension] = [20, 15, 2000];
  const shared = { noiseMultiplier: 1.5, clipNorm: 2, minimumClients, clients, bits: 16 };
  const { step, sigma } = noiseShare(shared);
  const grid = { step, bits: 16 };
  const sum = new Int32Array(dimension);
  for (let client = 0; client < clients; client++) {
    const values = new Float64Array(dimension).fill(2 / Math.sqrt(dimension));
    const addNoise = discreteGaussian(seededBytes(client), sigma);
    addModular(sum, encodeModular(values, { ...grid, addNoise }), 16);
  }
  const decoded = decodeModular(sum, grid);
  const deviation = 3 * Math.sqrt(clients / minimumClients);
  const expected = clients * Math.trunc(2 / Math.sqrt(dimension) / step) * step;
  const mean = decoded.reduce((total, x) => total + x, 0) / dimension;
  const variance = decoded.reduce((total, x) => total + (x - expected) ** 2, 0) / dimension;
  expect(Math.abs(mean - expected)).toBeLessThan((4 * deviation) / Math.sqrt(dimension));
  expect(Math.abs(variance / deviation ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / dimension) + 0.01);
});
