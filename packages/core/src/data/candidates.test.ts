import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { streamOf } from "../random/index.ts";
import { drawCandidates } from "./candidates.ts";
import { itemsOfUser } from "./items-of-user.ts";

const NUM_ITEMS = 30;
const base = { client: "de", distinct: true };

test("candidates are distinct, never the user's own, and as many as asked for or as exist", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uniqueArray(fc.nat(NUM_ITEMS - 1)), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(1000),
      (owned, count, seed) => {
        const user = Int32Array.from(owned.keys());
        const known = itemsOfUser(
          owned.length,
          owned.map((items, u) => ({ user: items.map(() => u), item: items })),
        );
        const rows = Int32Array.from([...user, ...user]);
        fc.pre(owned.every((own) => own.length > 0));
        const { offsets, items } = drawCandidates(rows, {
          ...base,
          user,
          item: user.map((u) => owned[u]![0] ?? 0),
          excluded: known,
          numItems: NUM_ITEMS,
          count,
          random: streamOf(seed),
        });
        rows.forEach((u, list) => {
          const drawn = [...items.subarray(offsets[list], offsets[list + 1])];
          expect(new Set(drawn).size).toBe(drawn.length);
          expect(drawn.length).toBe(Math.min(count, NUM_ITEMS - owned[u]!.length));
          expect(drawn.every((item) => item >= 0 && item < NUM_ITEMS)).toBe(true);
          expect(drawn.filter((item) => owned[u]!.includes(item))).toEqual([]);
        });
      },
    ),
  );
});

test("each of the seven free items is drawn in 3/7 of the lists (chi-square, 6 degrees, p > 1e-4)", () => {
  const numLists = 7000;
  const known = itemsOfUser(1, [{ user: [0, 0, 0], item: [0, 4, 9] }]);
  const { items } = drawCandidates(new Int32Array(numLists), {
    ...base,
    user: Int32Array.of(0),
    item: Int32Array.of(4),
    excluded: known,
    numItems: 10,
    count: 3,
    random: streamOf(5, "uniform"),
  });
  const counts = new Map<number, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 5, 6, 7, 8]);
  let chiSquare = 0;
  for (const count of counts.values()) chiSquare += (count - 3000) ** 2 / 3000;
  expect(chiSquare).toBeLessThan(27.9);
});

/** How often items come, beside how often they should, in units of its variance. */
function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  return counts.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0);
}

function countsOf(items: Int32Array, numItems: number): number[] {
  const counts = Array<number>(numItems).fill(0);
  for (const item of items) counts[item]! += 1;
  return counts;
}

const nobody = itemsOfUser(1, []);

describe("popular candidates", () => {
  // Item 2 is excluded, item 5 is the positive, item 3 has no weight.
  const weights = Float64Array.of(8, 1, 100, 0, 4, 50, 3);
  const excluded = itemsOfUser(1, [{ user: [0], item: [2] }]);
  const free = [0, 1, 4, 6];
  const lists = 6000;
  const draw = (count: number, distinct: boolean) =>
    drawCandidates(new Int32Array(lists), {
      client: "de",
      user: Int32Array.of(0),
      item: Int32Array.of(5),
      excluded,
      numItems: 7,
      count,
      distinct,
      weights,
      random: streamOf(3, "popular"),
    });

  test("with replacement, items come in proportion 8:1:4:3 (chi-square, 3 degrees, p > 1e-4)", () => {
    const counts = countsOf(draw(4, false).items, 7);
    expect([counts[2], counts[3], counts[5]]).toEqual([0, 0, 0]);
    const expected = free.map((item) => (4 * lists * weights[item]!) / 16);
    expect(
      chiSquare(
        free.map((item) => counts[item]!),
        expected,
      ),
    ).toBeLessThan(21.1);
  });

  test("distinct pairs come as by successive draws: p_i + sum_j p_j p_i / (1 - p_j)", () => {
    const counts = countsOf(draw(2, true).items, 7);
    const p = (item: number) => weights[item]! / 16;
    for (const i of free) {
      const included = free.reduce(
        (sum, j) => (j === i ? sum : sum + (p(j) * p(i)) / (1 - p(j))),
        p(i),
      );
      const deviation = Math.sqrt(lists * included * (1 - included));
      expect(Math.abs(counts[i]! - lists * included)).toBeLessThan(4 * deviation);
    }
  });

  test("a list that wants more than there are holds every item of weight once", () => {
    const { offsets, items } = draw(9, true);
    expect([...items.subarray(offsets[0], offsets[1])]).toEqual(free);
  });
});

test("full ranking lists all but the user's items and the positive, in order", () => {
  const excluded = itemsOfUser(2, [{ user: [0, 0, 1], item: [1, 4, 0] }]);
  const { offsets, items } = drawCandidates(Int32Array.of(0, 1, 2), {
    ...base,
    user: Int32Array.of(0, 1, 1),
    item: Int32Array.of(4, 5, 2),
    excluded,
    numItems: 6,
    count: "all",
    random: streamOf(1),
  });
  expect([...offsets]).toEqual([0, 4, 8, 12]);
  expect([...items]).toEqual([0, 2, 3, 5, 1, 2, 3, 4, 1, 3, 4, 5]);
});

test("with replacement and nothing excluded, all but the positive come alike, repeats among them", () => {
  const lists = 3000;
  const { items } = drawCandidates(new Int32Array(lists), {
    client: "de",
    user: Int32Array.of(0),
    item: Int32Array.of(3),
    excluded: nobody,
    numItems: 5,
    count: 8,
    distinct: false,
    random: streamOf(2, "replacement"),
  });
  const counts = countsOf(items, 5);
  expect(counts[3]).toBe(0);
  expect(
    chiSquare(
      [0, 1, 2, 4].map((i) => counts[i]!),
      Array(4).fill(2 * lists),
    ),
  ).toBeLessThan(21.1);
});

test("lists that no memory holds are refused with the client and the way out", () => {
  const big = () =>
    drawCandidates(new Int32Array(600), {
      ...base,
      user: Int32Array.of(0),
      item: Int32Array.of(0),
      excluded: nobody,
      numItems: 1_000_000,
      count: "all",
      random: streamOf(1),
    });
  expect(big).toThrowErrorMatchingInlineSnapshot(
    `[AtollError: client "de": 600 lists over 1000000 items hold more than 536,870,912 candidates; set negatives.evaluation.count to a smaller number, or hold out fewer rows]`,
  );
});
