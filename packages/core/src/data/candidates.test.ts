import * as fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf } from "../random/index.ts";
import { drawCandidates } from "./candidates.ts";
import { itemsOfUser } from "./items-of-user.ts";

const NUM_ITEMS = 30;

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
        const { offsets, items } = drawCandidates(rows, {
          user,
          known,
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
    user: Int32Array.of(0),
    known,
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
