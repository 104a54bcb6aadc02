import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shuffle, streamOf } from "../random/index.ts";
import { measure } from "./measure.ts";
import { rankedWorld, scoredOf, type Row } from "./scored.fixture.ts";
import type { Scored, Ties } from "./types.ts";

function values(names: readonly string[], scored: Scored, ties: Ties): number[] {
  return Object.values(measure(names, scored, { ties })).map((measured) =>
    measured.kind === "value" ? measured.value : Number.NaN,
  );
}

/** One list: the positive's score, then the candidates'. */
const listOf = (...scores: number[]) =>
  scoredOf(
    scores.map((score, i): Row => [0, i === 0 ? 1 : 0, score, 0]),
    2,
  );

describe("a positive below one candidate and level with two others, by hand", () => {
  const scored = listOf(0.5, 0.9, 0.5, 0.1, 0.5);
  const names = ["hr@2", "hr@3", "mrr@4", "mrr@2", "ndcg@4", "ndcg@3"];
  const discount = (rank: number) => 1 / Math.log2(rank + 1);

  test("pessimistic: rank 4", () => {
    expect(values(names, scored, "pessimistic")).toEqual([0, 0, 1 / 4, 0, discount(4), 0]);
  });

  test("optimistic: rank 2", () => {
    const expected = [1, 1, 1 / 2, 1 / 2, discount(2), discount(2)];
    expect(values(names, scored, "optimistic")).toEqual(expected);
  });

  test("expected: ranks 2, 3 and 4 alike, which is not the gain at the mean rank 3", () => {
    const seen = values(names, scored, "expected");
    [
      1 / 3,
      2 / 3,
      (1 / 2 + 1 / 3 + 1 / 4) / 3,
      1 / 6,
      (discount(2) + discount(3) + discount(4)) / 3,
      (discount(2) + discount(3)) / 3,
    ].forEach((expected, i) => expect(seen[i]).toBeCloseTo(expected, 14));
    expect(Math.abs(seen[2]! - 1 / 3)).toBeGreaterThan(0.02);
  });
});

test("a constant scorer over 99 candidates: HR@10 is 0, 0.1 or 1 by the tie rule", () => {
  const scored = listOf(...Array.from({ length: 100 }, () => 0.5));
  const hr = (ties: Ties) => values(["hr@10"], scored, ties)[0];
  expect(hr("pessimistic")).toBe(0);
  expect(hr("expected")).toBeCloseTo(0.1, 14);
  expect(hr("optimistic")).toBe(1);
});

test("expected ties are the mean over random orders of the tied candidates", () => {
  const rows = rankedWorld(9, 15);
  const names = ["ndcg@3", "hr@5", "mrr@10"];
  const expected = values(names, scoredOf(rows, 15), "expected");
  const sums = names.map(() => 0);
  const stream = streamOf(9, "ties");
  const order = Int32Array.from(rows, (_, i) => i);
  for (let draw = 0; draw < 2000; draw++) {
    shuffle(stream, order);
    const broken = rows.map(([user, label, score, list], i): Row => [
      user,
      label,
      score + order[i]! * 1e-9,
      list,
    ]);
    values(names, scoredOf(broken, 15), "pessimistic").forEach(
      (own, i) => (sums[i]! += own / 2000),
    );
  }
  expected.forEach((own, i) => expect(Math.abs(sums[i]! - own)).toBeLessThan(0.005));
});

test("pessimistic <= expected <= optimistic, and more of the list never hurts", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 9 }), (seed, k) => {
      const scored = scoredOf(rankedWorld(seed, 6), 6);
      const names = [`hr@${k}`, `ndcg@${k}`, `mrr@${k}`];
      const [low, middle, high] = (["pessimistic", "expected", "optimistic"] as const).map((ties) =>
        values(names, scored, ties),
      );
      const wider = values([`hr@${k + 1}`, `ndcg@${k + 1}`, `mrr@${k + 1}`], scored, "expected");
      names.forEach((_, i) => {
        expect(low![i]).toBeLessThanOrEqual(middle![i]! + 1e-12);
        expect(middle![i]).toBeLessThanOrEqual(high![i]! + 1e-12);
        expect(middle![i]).toBeLessThanOrEqual(wider[i]! + 1e-12);
      });
    }),
    { numRuns: 50 },
  );
});

test("the mean runs over lists, not over users: a user with two hits and one with a miss give 2/3", () => {
  const rows: Row[] = [
    [0, 1, 0.9, 0],
    [0, 0, 0.1, 0],
    [0, 1, 0.8, 1],
    [0, 0, 0.1, 1],
    [1, 1, 0.2, 2],
    [1, 0, 0.3, 2],
  ];
  const measured = measure(["hr@1"], scoredOf(rows, 2), { ties: "pessimistic" })["hr@1"]!;
  expect(measured).toMatchObject({ kind: "value", value: expect.closeTo(2 / 3, 14) });
  // (2 - 2/3 * 2) / 3 and (0 - 2/3) / 3.
  if (measured.kind === "value")
    [2 / 9, -2 / 9].forEach((own, u) => expect(measured.influence[u]).toBeCloseTo(own, 14));
});

test("rows that are no lists, and lists that are laid out wrongly", () => {
  const ties = "pessimistic";
  expect(measure(["hr@1"], scoredOf([[0, 1, 0.5]], 2), { ties })["hr@1"]).toEqual({
    kind: "undefined",
    reason: "the rows are no ranked lists",
  });
  const second = scoredOf(
    [
      [0, 0, 0.5, 0],
      [0, 1, 0.5, 0],
    ],
    2,
  );
  expect(() => measure(["hr@1"], second, { ties })).toThrow("list 0 is not one positive and then");
  const torn = scoredOf(
    [
      [0, 1, 0.5, 0],
      [0, 1, 0.5, 1],
      [0, 0, 0.5, 0],
    ],
    2,
  );
  expect(() => measure(["hr@1"], torn, { ties })).toThrow("the rows of list 0 are not adjacent");
});
