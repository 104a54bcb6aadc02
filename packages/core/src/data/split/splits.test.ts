import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { globalTime } from "./global-time.ts";
import { leaveOneOut } from "./leave-one-out.ts";
import { randomSplit } from "./random.ts";
import { someRows, splitLaws } from "./splits.laws.ts";
import type { Parts } from "./split.ts";

const shares = { valid: 0.2, test: 0.1 };

describe("leave-one-out", () => splitLaws((rows) => leaveOneOut(rows, { minimumRows: 3 })));
describe("global time", () => splitLaws((rows) => globalTime(rows, shares)));
describe("random", () => splitLaws((rows) => randomSplit(rows, shares)));

const lists = ({ train, valid, test }: Parts) => [[...train], [...valid], [...test]];
const rowsAt = (time: readonly number[], user = time.map(() => 0)) => ({
  client: "de",
  numRows: time.length,
  user: Int32Array.from(user),
  numUsers: Math.max(...user) + 1,
  time: Float64Array.from(time),
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
