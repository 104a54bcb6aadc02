import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { createClipBound } from "./clip-bound.ts";
import { plainPrivacy, toySecrets } from "./worlds.fixture.ts";

const noise = () => toySecrets(1)("noise");
const quantile = {
  kind: "quantile",
  quantile: 0.5,
  initial: 2,
  learningRate: 0.2,
  countNoise: undefined,
} as const;

test("a fixed bound stays, and has all the noise", () => {
  const bound = createClipBound({ ...plainPrivacy, noiseMultiplier: 1.5 }, 10);
  bound.move(0, 10, noise());
  expect(bound.now()).toBe(1);
  expect(bound.noiseMultiplier).toBe(1.5);
  expect(bound.memory).toBeUndefined();
});

test("without noise: C <- C exp(-0.2 (b - 0.5)), b over the expected units, not those that came", () => {
  const bound = createClipBound({ ...plainPrivacy, clip: quantile }, 10);
  bound.move(6, 8, noise()); // 6 unclipped, 2 clipped: b = 2 / 10 + 1 / 2
  expect(bound.now()).toBe(Math.fround(2 * Math.exp(-0.2 * 0.2)));
  expect(bound.memory?.step).toBe(1);
});

test("the count has noise of a twentieth of the expected units, which the sum makes up for", () => {
  const expected = 200;
  const bound = createClipBound({ ...plainPrivacy, clip: quantile, noiseMultiplier: 1 }, expected);
  // sigma_b = 10: z_delta = (1 - 20^-2)^(-1/2)
  expect(bound.noiseMultiplier).toBeCloseTo(1 / Math.sqrt(1 - 1 / 400), 12);
  const bytes = toySecrets(5)("noise");
  const rounds = 2000;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < rounds; i++) {
    const before = bound.now();
    bound.move(expected / 2, expected, bytes);
    const share = -Math.log(bound.now() / before) / 0.2 + 0.5 - 0.5;
    sum += share * expected;
    squares += (share * expected) ** 2;
  }
  expect(Math.abs(sum / rounds)).toBeLessThan((5 * 10) / Math.sqrt(rounds));
  expect(Math.sqrt(squares / rounds) / 10).toBeGreaterThan(0.92);
  expect(Math.sqrt(squares / rounds) / 10).toBeLessThan(1.08);
});

test("it finds the median of norms of which none is known", () => {
  const random = streamOf(9);
  const bound = createClipBound(
    { ...plainPrivacy, clip: { ...quantile, initial: 1000 }, noiseMultiplier: 1 },
    100,
  );
  const bytes = toySecrets(6)("noise");
  for (let step = 0; step < 200; step++) {
    let unclipped = 0;
    // Norms uniform on [0, 6].
    for (let u = 0; u < 100; u++)
      if (((random.next() >>> 0) / 2 ** 32) * 6 <= bound.now()) unclipped++;
    bound.move(unclipped, 100, bytes);
  }
  expect(bound.now()).toBeGreaterThan(2.4);
  expect(bound.now()).toBeLessThan(3.6);
});
