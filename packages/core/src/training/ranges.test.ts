import fc from "fast-check";
import { expect, test } from "vitest";
import { complement, union, type VectorRange } from "./ranges.ts";

const SIZE = 20;
const ranges = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: SIZE }), fc.integer({ min: 0, max: SIZE }))
    .map(([a, b]) => ({ offset: Math.min(a, b), length: Math.abs(a - b) })),
);

/** Which entries are held, one by one. */
function held(given: readonly VectorRange[]): boolean[] {
  const entries = Array.from({ length: SIZE }, () => false);
  for (const { offset, length } of given) entries.fill(true, offset, offset + length);
  return entries;
}

const apart = (given: readonly VectorRange[]) =>
  given.every(({ offset, length }, i) => {
    const next = given[i + 1];
    return length > 0 && (next === undefined || offset + length < next.offset);
  });

test("a union holds the same entries, a complement the others; their ranges are in order and apart", () => {
  fc.assert(
    fc.property(ranges, (given) => {
      const [all, rest] = [union(given, SIZE), complement(given, SIZE)];
      expect(held(all)).toEqual(held(given));
      expect(held(rest)).toEqual(held(given).map((entry) => !entry));
      expect(apart(all) && apart(rest)).toBe(true);
    }),
  );
});

test("ranges that touch become one", () => {
  const given = [
    { offset: 4, length: 2 },
    { offset: 1, length: 3 },
  ];
  expect(union(given, 7)).toEqual([{ offset: 1, length: 5 }]);
  expect(complement(given, 7)).toEqual([
    { offset: 0, length: 1 },
    { offset: 6, length: 1 },
  ]);
  expect(complement([], 7)).toEqual([{ offset: 0, length: 7 }]);
});

test.each([
  { offset: 5, length: 3 },
  { offset: -1, length: 3 },
  { offset: 3, length: -1 },
])("a range that leaves the vector is an error: %o", (range) => {
  expect(() => union([range], 7)).toThrow(RangeError);
});
