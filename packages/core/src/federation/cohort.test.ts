import { expect, test } from "vitest";
import { streamOf } from "../random/index.ts";
import { poissonCohort, sampleCohort } from "./cohort.ts";

test("a cohort is sorted, without repeats, and a function of the stream, not of the order of clients", () => {
  const cohort = sampleCohort(["c", "a", "d", "b"], 2, streamOf(5));
  expect(cohort).toEqual(cohort.toSorted());
  expect(new Set(cohort).size).toBe(2);
  expect(sampleCohort(["a", "b", "c", "d"], 2, streamOf(5))).toEqual(cohort);
});

test("more than there are means all", () => {
  expect(sampleCohort(["b", "a"], 9, streamOf(1))).toEqual(["a", "b"]);
});

test("each of the six pairs of four clients is drawn a sixth of the time (chi-square, p > 1e-4)", () => {
  const counts = new Map<string, number>();
  for (let round = 0; round < 6000; round++) {
    const pair = sampleCohort(["a", "b", "c", "d"], 2, streamOf(1, round)).join("");
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  const chiSquare = [...counts.values()].reduce(
    (sum, count) => sum + (count - 1000) ** 2 / 1000,
    0,
  );
  expect(chiSquare).toBeLessThan(25.7);
});

test("a Poisson cohort holds each client by itself: every subset at its product of probabilities", () => {
  const clients = ["c", "a", "d", "b"];
  const counts = new Map<string, number>();
  const rounds = 20_000;
  for (let round = 0; round < rounds; round++) {
    const cohort = poissonCohort(clients, 1, streamOf(1, round));
    expect(cohort).toEqual(cohort.toSorted());
    counts.set(cohort.join(""), (counts.get(cohort.join("")) ?? 0) + 1);
  }
  // 16 subsets, a quarter for each that is there, three quarters for each that is not.
  expect(counts.size).toBe(16);
  let chiSquare = 0;
  for (const [cohort, count] of counts) {
    const expected = rounds * 0.25 ** cohort.length * 0.75 ** (4 - cohort.length);
    chiSquare += (count - expected) ** 2 / expected;
  }
  // 15 degrees of freedom, p > 1e-4.
  expect(chiSquare).toBeLessThan(44.26);
});

test("as many as there are, or more, means all; the order of clients changes nothing", () => {
  expect(poissonCohort(["b", "a"], 2, streamOf(1))).toEqual(["a", "b"]);
  expect(poissonCohort(["b", "a"], 9, streamOf(1))).toEqual(["a", "b"]);
  expect(poissonCohort([], 1, streamOf(1))).toEqual([]);
  const some = poissonCohort(["a", "b", "c", "d", "e"], 2, streamOf(3));
  expect(poissonCohort(["e", "d", "c", "b", "a"], 2, streamOf(3))).toEqual(some);
});
