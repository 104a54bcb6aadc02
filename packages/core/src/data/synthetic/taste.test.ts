import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { affinity, latentOf, NUM_VALUES, tasteOf } from "./taste.ts";

/** Taste of every (segment, category) pair in many worlds, in two markets, and the two bends. */
function tastesOfTwoMarkets(sharedTaste: number) {
  const affinities: [number, number][] = [];
  const bends: [number, number][] = [];
  for (let worldSeed = 0; worldSeed < 400; worldSeed++) {
    const config = { kind: "synthetic" as const, markets: {}, sharedTaste, worldSeed };
    const [a, b] = [tasteOf("a", config), tasteOf("b", config)];
    bends.push([a.bend, b.bend]);
    for (let segment = 0; segment < NUM_VALUES.segment; segment++)
      for (let category = 0; category < NUM_VALUES.category; category++)
        affinities.push([
          affinity(a.vectors.segment, segment, a.vectors.category, category),
          affinity(b.vectors.segment, segment, b.vectors.category, category),
        ]);
  }
  return { affinities, bends };
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

test.each([0, 0.3, 0.6, 1])(
  "with shared taste %d that is the share of variance which two markets have in common",
  (share) => {
    const { affinities, bends } = tastesOfTwoMarkets(share);
    // The common part's variance is the covariance of the markets; sqrt(share) would be a wrong mix.
    expect(mean(affinities.map(([a, b]) => a * b))).toBeCloseTo(share, 1);
    expect(mean(affinities.map(([a]) => a * a))).toBeCloseTo(1, 1);
    expect(Math.abs(mean(bends.map(([a, b]) => a * b)) - share)).toBeLessThan(0.2);
    expect(Math.abs(mean(bends.map(([a]) => a * a)) - 1)).toBeLessThan(0.25);
  },
);

test("affinity of independent vectors has mean 0 and variance 1", () => {
  const stream = streamOf(1, "affinity");
  const a = latentOf(20_000, stream);
  const b = latentOf(20_000, stream);
  const values = Array.from({ length: 20_000 }, (_, i) => affinity(a, i, b, i));
  expect(Math.abs(mean(values))).toBeLessThan(0.04);
  expect(Math.abs(mean(values.map((value) => value * value)) - 1)).toBeLessThan(0.08);
});
