import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TrainingEvents } from "../../population/index.ts";
import { coOccurrence, type CoOccurrenceOptions } from "./co-occurrence.ts";

/** Items 0 to 3 are of one domain, 4 to 7 of another. */
const itemStarts = Int32Array.of(0, 4, 8);

const eventsOf = (lists: readonly (readonly number[])[]): TrainingEvents => ({
  starts: Int32Array.from([0, ...lists.map((_, u) => lists.slice(0, u + 1).flat().length)]),
  item: Int32Array.from(lists.flat()),
  days: new Float64Array(lists.flat().length),
});

function neighboursOf(
  lists: readonly (readonly number[])[],
  options: Partial<CoOccurrenceOptions> = {},
) {
  const { offsets, items, similarities } = coOccurrence(eventsOf(lists), {
    itemStarts,
    ...options,
  });
  return (item: number) =>
    Array.from(items.subarray(offsets[item], offsets[item + 1]), (other, n) => [
      other,
      similarities[offsets[item]! + n],
    ]);
}

describe("co-occurrence", () => {
  // Users with 0: 3, with 1: 2, with 2: 1, with 5: 2.
  const lists = [[0, 1, 0], [1, 0, 5], [0, 5, 2], []];

  test("is users with both, by the root of users with each; by domain, the most similar first", () => {
    const of = neighboursOf(lists);
    expect(of(0)).toEqual([
      [1, 2 / Math.sqrt(3 * 2)],
      [2, 1 / Math.sqrt(3)],
      [5, 2 / Math.sqrt(3 * 2)],
    ]);
    expect(of(5)).toEqual(
      [
        [0, 2 / Math.sqrt(2 * 3)],
        [2, 1 / Math.sqrt(2)],
        [1, 1 / 2],
      ].toSorted(([, a], [, b]) => b! - a!),
    );
    expect(of(3)).toEqual([]);
  });

  test("keeps the most similar of each domain, of equal ones the smaller number", () => {
    const of = neighboursOf([...lists, [4, 6], [4, 5], [4, 7]], { most: 1 });
    expect(of(0)).toEqual([
      [1, 2 / Math.sqrt(3 * 2)],
      [5, 2 / Math.sqrt(3 * 3)],
    ]);
    expect(of(4)).toEqual([[6, 1 / Math.sqrt(3)]]);
  });

  test("counts a user's latest events of each domain", () => {
    const of = neighboursOf([[0, 1, 2, 5, 2]], { history: 2 });
    expect([of(0), of(1)]).toEqual([[], []]);
    expect(of(2)).toEqual([[5, 1]]);
    expect(of(5)).toEqual([[2, 1]]);
  });

  test("is symmetric, and neighbours in the own domain do not hang on the other", () => {
    const users = fc.array(fc.array(fc.nat(7), { maxLength: 6 }), { maxLength: 6 });
    fc.assert(
      fc.property(users, fc.integer({ min: 1, max: 3 }), (all, most) => {
        const whole = neighboursOf(all);
        const short = neighboursOf(all, { most, history: 3 });
        const own = all.map((list) => list.filter((item) => item < 4));
        const alone = neighboursOf(own, { most, history: 3 });
        for (let item = 0; item < 8; item++) {
          for (const [other, similarity] of whole(item))
            expect(whole(other!)).toContainEqual([item, similarity]);
          if (item < 4) expect(short(item).filter(([other]) => other! < 4)).toEqual(alone(item));
        }
      }),
    );
  });
});
