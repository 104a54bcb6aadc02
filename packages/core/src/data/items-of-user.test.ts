import * as fc from "fast-check";
import { expect, test } from "vitest";
import { itemOutside, itemsOfUser } from "./items-of-user.ts";

test("pairs of several lists are grouped by user, sorted, each once; a user without pairs has none", () => {
  const { offsets, items } = itemsOfUser(4, [
    { user: [2, 0, 2, 2, 0], item: [9, 4, 1, 9, 4] },
    { user: [3, 2], item: [0, 5] },
  ]);
  expect([...offsets]).toEqual([0, 1, 1, 4, 5]);
  expect([...items]).toEqual([4, 1, 5, 9, 0]);
});

test("grouping agrees with a set per user", () => {
  const pair = fc.tuple(fc.nat(5), fc.nat(6));
  fc.assert(
    fc.property(fc.array(pair), fc.array(pair), (a, b) => {
      const { offsets, items } = itemsOfUser(
        6,
        [a, b].map((pairs) => ({ user: pairs.map(([u]) => u), item: pairs.map(([, i]) => i) })),
      );
      for (let user = 0; user < 6; user++) {
        const naive = new Set([...a, ...b].filter(([u]) => u === user).map(([, item]) => item));
        expect([...items.subarray(offsets[user], offsets[user + 1])]).toEqual(
          [...naive].sort((x, y) => x - y),
        );
      }
    }),
  );
});

test("itemOutside lists, by rank, exactly the items that the slice does not hold", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(19)), fc.array(fc.nat(19)), (held, before) => {
      const slice = held.toSorted((a, b) => a - b);
      // Other users' items around the slice must not matter.
      const items = Int32Array.from([...before, ...slice, 3]);
      const end = before.length + slice.length;
      const outside = Array.from({ length: 20 }, (_, item) => item).filter(
        (item) => !held.includes(item),
      );
      expect(outside.map((_, rank) => itemOutside(items, before.length, end, rank))).toEqual(
        outside,
      );
    }),
  );
});
