import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sequenceWindows } from "./sequence-windows.ts";

test("windows end where the sequence ends, and overlap by one", () => {
  const { starts, ends, users } = sequenceWindows(
    { userStarts: Int32Array.of(0, 7), userEnds: Int32Array.of(7, 8) },
    { size: 4, overlap: 1, least: 2 },
  );
  expect([...starts].map((start, w) => [users[w], start, ends[w]])).toEqual([
    [0, 3, 7],
    [0, 0, 4],
  ]);
});

test("with an overlap of one every item but a user's first is a target once; without, each is in one", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 2, max: 9 }),
      fc.constantFrom(0, 1),
      (lengths, size, overlap) => {
        const userStarts = Int32Array.from(lengths, (_, u) =>
          lengths.slice(0, u).reduce((a, b) => a + b, 0),
        );
        const userEnds = userStarts.map((start, u) => start + lengths[u]!);
        const least = overlap + 1;
        const { starts, ends, users } = sequenceWindows(
          { userStarts, userEnds },
          { size, overlap, least },
        );
        const seen = new Map<number, number>();
        for (let w = 0; w < starts.length; w++) {
          expect(ends[w]! - starts[w]!).toBeLessThanOrEqual(size);
          expect(starts[w]!).toBeGreaterThanOrEqual(userStarts[users[w]!]!);
          for (let i = starts[w]! + overlap; i < ends[w]!; i++) seen.set(i, (seen.get(i) ?? 0) + 1);
        }
        lengths.forEach((length, u) => {
          for (let i = overlap; i < length; i++) expect(seen.get(userStarts[u]! + i)).toBe(1);
        });
      },
    ),
  );
});
