import { expect, test } from "vitest";
import { normal, streamOf } from "../../random/index.ts";
import { clopperPearson } from "./binomial.ts";
import { twoHypothesesBound } from "./two-hypotheses.ts";

const options = { delta: 0, confidence: 0.95 };

test("the ratio of the rates at the ends of their intervals, whichever side tells more", () => {
  const trials = { trialsIn: 1000, saidInWhenIn: 400, trialsOut: 1000, saidInWhenOut: 20 };
  const tpr = clopperPearson(400, 1000, 0.025).low;
  const fpr = clopperPearson(20, 1000, 0.025).high;
  expect(twoHypothesesBound(trials, options)).toBeCloseTo(Math.log(tpr / fpr), 9);
  // The other way round: nearly all that are in are called in, and few that are not are called out.
  const mirrored = { trialsIn: 1000, saidInWhenIn: 980, trialsOut: 1000, saidInWhenOut: 600 };
  expect(twoHypothesesBound(mirrored, options)).toBeCloseTo(Math.log(tpr / fpr), 9);
});

test("chance says nothing, and delta is given away before anything is said", () => {
  const chance = { trialsIn: 500, saidInWhenIn: 100, trialsOut: 500, saidInWhenOut: 100 };
  expect(twoHypothesesBound(chance, options)).toBe(0);
  const rare = { trialsIn: 1000, saidInWhenIn: 30, trialsOut: 1000, saidInWhenOut: 0 };
  expect(twoHypothesesBound(rare, options)).toBeGreaterThan(1);
  expect(twoHypothesesBound(rare, { ...options, delta: 0.05 })).toBe(0);
});

test("the Gaussian mechanism at its true epsilon is not refuted, and without noise it is", () => {
  // Sensitivity 1 and deviation 1: (3, 0.001538)-private and no better at that delta (Balle and Wang 2018, theorem 8).
  const stream = streamOf(3, "gaussian mechanism");
  const trials = 20_000;
  const said = (shift: number, deviation: number, threshold: number) => {
    let count = 0;
    for (let i = 0; i < trials; i++)
      if (shift + deviation * normal(stream) >= threshold) count += 1;
    return count;
  };
  const bound = (deviation: number, threshold: number) =>
    twoHypothesesBound(
      {
        trialsIn: trials,
        saidInWhenIn: said(1, deviation, threshold),
        trialsOut: trials,
        saidInWhenOut: said(0, deviation, threshold),
      },
      { delta: 0.001538, confidence: 0.95 },
    );
  for (const threshold of [1, 2, 2.5, 3]) expect(bound(1, threshold)).toBeLessThan(3);
  expect(bound(1, 2.5)).toBeGreaterThan(1.7);
  expect(bound(0.1, 0.5)).toBeGreaterThan(7);
});
