import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { promote, rungsOf } from "./halving.ts";

const pairs = (options: Parameters<typeof rungsOf>[0]) =>
  rungsOf(options).map(({ trials, rounds }) => [trials, rounds]);

describe("rungs", () => {
  // Li et al. 2018, table 1: R = 81, eta = 3, the columns n_i and r_i of each bracket s.
  test.each([
    [
      4,
      81,
      1,
      [
        [81, 1],
        [27, 3],
        [9, 9],
        [3, 27],
        [1, 81],
      ],
    ],
    [
      3,
      27,
      3,
      [
        [27, 3],
        [9, 9],
        [3, 27],
        [1, 81],
      ],
    ],
    [
      2,
      9,
      9,
      [
        [9, 9],
        [3, 27],
        [1, 81],
      ],
    ],
    [
      1,
      6,
      27,
      [
        [6, 27],
        [2, 81],
      ],
    ],
    [0, 5, 81, [[5, 81]]],
  ])("are those of the paper's table for R = 81, eta = 3, s = %d", (_, trials, least, expected) =>
    expect(pairs({ trials, eta: 3, minimumRounds: least, maximumRounds: 81 })).toEqual(expected),
  );

  test("with eta 2 and at most 8 rounds are those of another implementation's table", () => {
    expect(pairs({ trials: 8, eta: 2, minimumRounds: 1, maximumRounds: 8 })).toEqual([
      [8, 1],
      [4, 2],
      [2, 4],
      [1, 8],
    ]);
    expect(pairs({ trials: 6, eta: 2, minimumRounds: 2, maximumRounds: 8 })).toEqual([
      [6, 2],
      [3, 4],
      [1, 8],
    ]);
  });

  test("leave the short ones out where settings are few", () =>
    expect(pairs({ trials: 4, eta: 3, minimumRounds: 1, maximumRounds: 81 })).toEqual([
      [4, 27],
      [1, 81],
    ]));

  test("start with all settings, end with the maximum, shrink by eta and never train below the minimum", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 0, max: 300 }),
        (trials, eta, minimumRounds, more) => {
          const rungs = rungsOf({
            trials,
            eta,
            minimumRounds,
            maximumRounds: minimumRounds + more,
          });
          expect(rungs[0]!.trials).toBe(trials);
          expect(rungs.at(-1)!.rounds).toBe(minimumRounds + more);
          for (const [i, rung] of rungs.entries()) {
            expect(rung.rounds).toBeGreaterThanOrEqual(minimumRounds);
            expect(rung.trials).toBeGreaterThanOrEqual(1);
            if (i > 0) expect(rung.trials).toBe(Math.floor(rungs[i - 1]!.trials / eta));
          }
        },
      ),
    ));
});

describe("promotion", () => {
  const trials = [0.7, undefined, 0.9, 0.8, 0.9].map((value, id) => ({ id, value }));

  test("takes the highest where higher is better, the earlier of equal ones first", () =>
    expect(promote(trials, 3, true).map(({ id }) => id)).toEqual([2, 4, 3]));

  test("takes the lowest where lower is better, and never a failed one", () =>
    expect(promote(trials, 9, false).map(({ id }) => id)).toEqual([0, 3, 2, 4]));
});
