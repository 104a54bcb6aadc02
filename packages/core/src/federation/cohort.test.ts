import { expect, test } from "vitest";
import { streamOf } from "../random/index.ts";
import { sampleCohort } from "./cohort.ts";

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
