import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { givenSplit } from "./given.ts";
import { globalTime } from "./global-time.ts";
import { kFold } from "./k-fold.ts";
import { leaveOneOut } from "./leave-one-out.ts";
import { perUserRatio } from "./per-user-ratio.ts";
import { randomSplit } from "./random.ts";
import { lists, perUserLaws, seeded, someRows, splitLaws } from "./splits.laws.ts";

const shares = { valid: 0.2, test: 0.1, stratify: false };
const perUser = { order: "time", valid: 0.2, test: 0.1, minimumRows: 3 } as const;
const folds = {
  folds: 4,
  fold: "seed",
  by: "row",
  stratify: false,
  partition: 1,
  valid: "fold",
} as const;

describe("leave-one-out", () => splitLaws((rows) => leaveOneOut(rows, { minimumRows: 3 })));
describe("global time", () => splitLaws((rows) => globalTime(rows, shares)));
describe("random", () => splitLaws((rows) => randomSplit(rows, shares)));
describe("random, stratified", () =>
  splitLaws((rows) => randomSplit(rows, { ...shares, stratify: true })));
describe("per user ratio", () => splitLaws((rows) => perUserRatio(rows, perUser)));
describe("per user ratio, in random order", () =>
  splitLaws((rows) => perUserRatio(rows, { ...perUser, order: "random" })));
describe("given", () => splitLaws(givenSplit));
describe("k-fold", () => splitLaws((rows) => kFold(rows, folds)));
describe("k-fold by user", () => splitLaws((rows) => kFold(rows, { ...folds, by: "user" })));
describe("k-fold, stratified", () =>
  splitLaws((rows) => kFold(rows, { ...folds, stratify: true })));
describe("k-fold, a share validates", () =>
  splitLaws((rows) => kFold(rows, { ...folds, stratify: true, valid: 0.3 })));
describe("k-fold by user, a share validates", () =>
  splitLaws((rows) => kFold(rows, { ...folds, by: "user", valid: 0.3 })));

describe("leave-one-out", () => perUserLaws((rows) => leaveOneOut(rows, { minimumRows: 3 })));
describe("per user ratio", () => perUserLaws((rows) => perUserRatio(rows, perUser)));

const rowsAt = (time: readonly number[], user = time.map(() => 0)) => ({
  client: "de",
  numRows: time.length,
  user: Int32Array.from(user),
  numUsers: Math.max(...user) + 1,
  time: Float64Array.from(time),
  label: Float32Array.from(time, (_, row) => (row % 3 === 0 ? 1 : 0)),
  seed: 1,
  random: streamOf(1, "split"),
});

test("leave-one-out takes each user's last row for test, the one before for validation", () => {
  const rows = rowsAt([1, 2, 3, 4, 5, 6, 7, 8], [0, 1, 0, 0, 1, 0, 1, 2]);
  expect(lists(leaveOneOut(rows, { minimumRows: 3 }))).toEqual([
    [0, 1, 2, 7],
    [3, 4],
    [5, 6],
  ]);
});

test("leave-one-out leaves users with fewer than minimumRows rows whole, and says how many", () => {
  const rows = rowsAt([1, 2, 3, 4, 5, 6, 7, 8], [0, 1, 0, 0, 1, 0, 1, 2]);
  const parts = leaveOneOut(rows, { minimumRows: 4 });
  expect(lists(parts)).toEqual([[0, 1, 4, 6, 7, 2].toSorted((a, b) => a - b), [3], [5]]);
  expect(parts.notes).toEqual(["2 of 3 users have fewer than 4 rows: they only train"]);
});

test("with distinct times the cuts hold exactly the asked shares: 14, 4 and 2 of 20 rows", () => {
  const parts = globalTime(rowsAt(Array.from({ length: 20 }, (_, i) => 10 * i)), shares);
  expect(lists(parts).map((part) => part.length)).toEqual([14, 4, 2]);
  expect(parts.notes).toEqual([]);
});

test("a cut that would part an instant moves to its nearer end", () => {
  // Wanted cuts: after 7 and after 9 of 10 rows. Instants start at rows 0, 2, 6, 9.
  const parts = globalTime(rowsAt([1, 1, 2, 2, 2, 2, 3, 3, 3, 4]), shares);
  expect(lists(parts)).toEqual([[0, 1, 2, 3, 4, 5], [6, 7, 8], [9]]);
  expect(parts.notes).toEqual([
    "rows of one instant stay together, so 30.0% of the rows are validation and 10.0% test rows, where 20.0% and 10.0% were asked for",
  ]);
});

test("three instants are enough: each part gets one, however far from the shares", () => {
  const parts = globalTime(rowsAt([1, 2, 2, 2, 2, 2, 2, 2, 2, 3]), shares);
  expect(lists(parts).map((part) => part.length)).toEqual([1, 8, 1]);
  expect(lists(globalTime(rowsAt([1, 2, 3, 3, 3, 3, 3, 3, 3, 3]), shares))).toEqual([
    [0],
    [1],
    [2, 3, 4, 5, 6, 7, 8, 9],
  ]);
});

test("all training rows are strictly earlier than validation rows, and these than test rows", () => {
  fc.assert(
    fc.property(someRows, (rows) => {
      const parts = globalTime(rows, shares);
      const at = (part: Int32Array) => [...part].map((row) => rows.time![row]!);
      expect(Math.max(...at(parts.train))).toBeLessThan(Math.min(...at(parts.valid)));
      expect(Math.max(...at(parts.valid))).toBeLessThan(Math.min(...at(parts.test)));
    }),
  );
});

test("two instants cannot be cut into three parts", () => {
  expect(() => globalTime(rowsAt([1, 1, 1, 2, 2]), shares)).toThrowErrorMatchingInlineSnapshot(
    `[AtollError: client "de": split time needs at least three different times for training, validation and test rows, but 5 rows hold 2; give a finer time column, or set split.kind to random]`,
  );
});

test("random parts have the rounded shares, and the stream decides which rows they hold", () => {
  const of = (name: string) =>
    lists(
      randomSplit(
        { ...rowsAt(Array.from({ length: 25 }, () => 0)), random: streamOf(1, name) },
        shares,
      ),
    );
  expect(of("a").map((part) => part.length)).toEqual([17, 5, 3]);
  expect(of("a")).toEqual(of("a"));
  expect(of("a")).not.toEqual(of("b"));
});

describe("stratified splits", () => {
  // 90 rows, of which every third is positive.
  const rows = rowsAt(Array.from({ length: 90 }, (_, i) => i));
  const positives = (part: readonly number[]) => part.filter((row) => row % 3 === 0).length;

  test("random: of 30 positive and 60 negative rows every part keeps one positive in three", () => {
    const parts = lists(randomSplit(rows, { ...shares, stratify: true }));
    expect(parts.map((part) => part.length)).toEqual([63, 18, 9]);
    expect(parts.map(positives)).toEqual([21, 6, 3]);
  });

  test("random without it does not: some seed gives the test part another rate", () => {
    const rates = [1, 2, 3, 4, 5].map((seed) =>
      positives(lists(randomSplit(seeded(rows, seed), shares))[2]!),
    );
    expect(new Set(rates).size).toBeGreaterThan(1);
  });

  test("k-fold: every fold's positives and rows differ by at most one", () => {
    fc.assert(
      fc.property(someRows, fc.integer({ min: 3, max: 7 }), (some, count) => {
        const tests = Array.from(
          { length: count },
          (_, seed) =>
            lists(kFold(seeded(some, seed), { ...folds, folds: count, stratify: true }))[2]!,
        );
        const sizes = tests.map((part) => part.length);
        const ones = tests.map((part) => part.filter((row) => some.label[row] === 1).length);
        for (const counts of [sizes, ones])
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("per user ratio", () => {
  test("ten rows at 20% and 10%: the last is test, the two before validation", () => {
    const rows = rowsAt(
      Array.from({ length: 12 }, (_, i) => i),
      [0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0],
    );
    const parts = perUserRatio(rows, perUser);
    expect(lists(parts)).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8], [9, 10], [11]]);
    expect(parts.notes).toEqual(["1 of 2 users have fewer than 3 rows: they only train"]);
  });

  test("each part keeps a row, however few there are and however the shares round", () => {
    const three = perUserRatio(rowsAt([1, 2, 3]), { ...perUser, valid: 0.49, test: 0.5 });
    expect(lists(three)).toEqual([[0], [1], [2]]);
    const five = perUserRatio(rowsAt([1, 2, 3, 4, 5]), { ...perUser, valid: 0.01, test: 0.98 });
    expect(lists(five)).toEqual([[0], [1], [2, 3, 4]]);
  });

  test("in random order the shares hold and the rows differ by seed", () => {
    const rows = rowsAt(
      Array.from({ length: 40 }, (_, i) => i),
      Array.from({ length: 40 }, (_, i) => i % 2),
    );
    const of = (seed: number) =>
      lists(perUserRatio(seeded(rows, seed), { ...perUser, order: "random" }));
    for (const seed of [1, 2])
      for (const user of [0, 1])
        expect(of(seed).map((part) => part.filter((row) => row % 2 === user).length)).toEqual([
          14, 4, 2,
        ]);
    expect(of(1)).not.toEqual(of(2));
  });
});

describe("k-fold", () => {
  test("seeds walk through the folds: each row is tested once and validated once in as many seeds", () => {
    fc.assert(
      fc.property(someRows, fc.constantFrom("row" as const, "user" as const), (rows, by) => {
        const walks = [8, 9, 10, 11].map((seed) =>
          lists(kFold(seeded(rows, seed), { ...folds, by })),
        );
        for (const part of [1, 2])
          expect(walks.flatMap((parts) => parts[part]!).toSorted((a, b) => a - b)).toEqual(
            Array.from({ length: rows.numRows }, (_, row) => row),
          );
        // Validation of one fold is the test of the next.
        expect(walks[0]![1]).toEqual(walks[1]![2]);
      }),
    );
  });

  test("a fold of its own number is the same for every seed", () => {
    const rows = rowsAt(Array.from({ length: 30 }, (_, i) => i));
    const third = { ...folds, fold: 2 };
    expect(lists(kFold(seeded(rows, 1), third))).toEqual(lists(kFold(seeded(rows, 7), third)));
    expect(lists(kFold(seeded(rows, 6), folds))).toEqual(lists(kFold(seeded(rows, 1), third)));
    expect(lists(kFold(rows, { ...third, partition: 2 }))).not.toEqual(lists(kFold(rows, third)));
  });

  test("by user, no user is in two parts", () => {
    fc.assert(
      fc.property(someRows, fc.nat(3), (rows, fold) => {
        const parts = lists(kFold(rows, { ...folds, fold, by: "user" })).map(
          (part) => new Set(part.map((row) => rows.user[row]!)),
        );
        expect(parts[0]!.intersection(parts[1]!.union(parts[2]!)).size).toBe(0);
        expect(parts[1]!.intersection(parts[2]!).size).toBe(0);
      }),
    );
  });
});
