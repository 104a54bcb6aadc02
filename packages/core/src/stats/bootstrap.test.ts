import { expect, test } from "vitest";
import { streamOf, uniform, uniformBelow } from "../random/index.ts";
import { seedNoise, userDeltas } from "./bootstrap.ts";
import { mean, quantile, standardDeviation } from "./descriptive.ts";

/** Influences of the mean of n skewed values: they add up to 0. */
function skewed(seed: number, n: number): Float64Array {
  const stream = streamOf(seed, "skewed");
  const values = Float64Array.from({ length: n }, () => Math.log(1 - uniform(stream)) ** 2);
  const centre = mean(values);
  return values.map((value) => (value - centre) / n);
}

test("multiplicities are Poisson(1): their shares over 40,000 samples, units 0 and 70", () => {
  const samples = 40_000;
  const unit = (u: number) => Float64Array.from({ length: 71 }, (_, i) => (i === u ? 1 : 0));
  const deltas = userDeltas([unit(0), unit(70)], { samples, client: "de" });
  let chance = Math.exp(-1);
  for (let m = 0; m < 6; m++) {
    for (const delta of deltas) {
      const share = delta.filter((own) => own === m - 1).length / samples;
      expect(Math.abs(share - chance)).toBeLessThan(5 * Math.sqrt(chance / samples));
    }
    chance /= m + 1;
  }
  const [a, b] = deltas.map((delta) => mean(delta));
  const product = mean(deltas[0]!.map((own, i) => own * deltas[1]![i]!));
  expect(Math.abs(product - a! * b!)).toBeLessThan(5 / Math.sqrt(samples));
});

test("deltas have mean 0 and the closed-form deviation sqrt(sum influence^2)", () => {
  const influence = skewed(1, 300);
  const [delta] = userDeltas([influence], { samples: 4000, client: "de" });
  const expected = Math.sqrt(influence.reduce((sum, own) => sum + own ** 2, 0));
  expect(Math.abs(mean(delta!))).toBeLessThan((5 * expected) / Math.sqrt(4000));
  expect(Math.abs(standardDeviation(delta!) / expected - 1)).toBeLessThan(0.08);
});

test("the percentiles are those of drawing 300 of 300 users with replacement, skewness included", () => {
  const influence = skewed(2, 300);
  const [delta] = userDeltas([influence], { samples: 4000, client: "de" });
  const stream = streamOf(2, "multinomial");
  const drawn = Float64Array.from({ length: 4000 }, () => {
    let sum = 0;
    for (let draw = 0; draw < 300; draw++) sum += influence[uniformBelow(stream, 300)]!;
    return sum;
  });
  const deviation = standardDeviation(drawn);
  const ends = [delta!, drawn].map((own) => own.toSorted());
  for (const q of [0.025, 0.5, 0.975])
    expect(Math.abs(quantile(ends[0]!, q) - quantile(ends[1]!, q))).toBeLessThan(0.13 * deviation);
  // The long tail is that of large values: a normal interval would be symmetric.
  const [low, high] = [quantile(ends[0]!, 0.025), quantile(ends[0]!, 0.975)];
  expect(high / -low).toBeGreaterThan(1.1);
});

test("a statistic's deltas depend on its influences and the client alone", () => {
  const options = { samples: 50, client: "de" };
  const [a, b] = [skewed(3, 200), skewed(4, 90)];
  const [together] = userDeltas([a, b], options);
  expect(userDeltas([a], options)[0]).toEqual(together);
  const padded = new Float64Array(500);
  padded.set(a);
  userDeltas([padded], options)[0]!.forEach((own, i) => expect(own).toBeCloseTo(together![i]!, 14));
  expect(userDeltas([a], { ...options, client: "fr" })[0]).not.toEqual(together);
});

test("differences of deltas are deltas of differences: comparisons are paired", () => {
  const options = { samples: 100, client: "de" };
  const [a, b] = [skewed(5, 150), skewed(6, 150)];
  const [da, db, dd] = userDeltas([a, b, a.map((own, u) => own - b[u]!)], options);
  dd!.forEach((own, i) => expect(own).toBeCloseTo(da![i]! - db![i]!, 13));
});

test("beyond 16,384 users the deviation stays that of all users", () => {
  const influence = skewed(7, 40_000);
  const [delta] = userDeltas([influence], { samples: 1000, client: "de" });
  const expected = Math.sqrt(influence.reduce((sum, own) => sum + own ** 2, 0));
  expect(Math.abs(standardDeviation(delta!) / expected - 1)).toBeLessThan(0.1);
});

test("draws are frozen: intervals of old runs stay reproducible", () => {
  const unit = Float64Array.of(1, 100);
  expect([...userDeltas([unit], { samples: 6, client: "de" })[0]!]).toMatchInlineSnapshot(`
    [
      -98,
      101,
      3,
      201,
      -99,
      300,
    ]
  `);
  expect([...seedNoise(2)].map((own) => own.toFixed(12))).toMatchInlineSnapshot(`
    [
      "0.950718034687",
      "-0.174649182100",
    ]
  `);
});

test("no statistics, no users", () => {
  expect(userDeltas([], { samples: 5, client: "de" })).toEqual([]);
  expect(userDeltas([new Float64Array(0)], { samples: 2, client: "de" })).toEqual([
    Float64Array.of(0, 0),
  ]);
});
