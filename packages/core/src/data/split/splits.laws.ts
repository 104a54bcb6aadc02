import * as fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import type { Parts, SplittableRows } from "./split.ts";

/** Rows of a few users at few distinct times, in time order, with labels and parts of their own. */
export const someRows: fc.Arbitrary<SplittableRows> = fc
  .array(fc.record({ user: fc.nat(4), time: fc.nat(15), label: fc.nat(1), given: fc.nat(2) }), {
    minLength: 20,
    maxLength: 60,
  })
  .filter((rows) => new Set(rows.map(({ time }) => time)).size >= 3)
  .map((rows) => {
    rows.sort((a, b) => a.time - b.time);
    return {
      client: "de",
      numRows: rows.length,
      user: Int32Array.from(rows, ({ user }) => user),
      numUsers: 5,
      time: Float64Array.from(rows, ({ time }) => time),
      label: Float32Array.from(rows, ({ label }) => label),
      given: Uint8Array.from(rows, ({ given }) => given),
      seed: 1,
      random: streamOf(1, "split"),
    };
  });

/** The same rows with streams from their beginning, for a seed. */
export function seeded(rows: SplittableRows, seed: number): SplittableRows {
  return { ...rows, seed, random: streamOf(seed, "split") };
}

export function lists({ train, valid, test: held }: Parts): number[][] {
  return [[...train], [...valid], [...held]];
}

/** What every split keeps. */
export function splitLaws(split: (rows: SplittableRows) => Parts): void {
  test("every row is in exactly one part, rows of a part ascend", () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const { train, valid, test: held } = split(rows);
        for (const part of [train, valid, held])
          expect([...part]).toEqual([...part].toSorted((a, b) => a - b));
        expect([...train, ...valid, ...held].toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: rows.numRows }, (_, row) => row),
        );
      }),
    );
  });

  test("the same rows and seed give the same parts", () => {
    fc.assert(
      fc.property(someRows, fc.nat(20), (rows, seed) => {
        expect(lists(split(seeded(rows, seed)))).toEqual(lists(split(seeded(rows, seed))));
      }),
    );
  });
}

/** What splits keep that look at each user alone: nobody's parts depend on who else is there. */
export function perUserLaws(split: (rows: SplittableRows) => Parts): void {
  test("a user's rows fall into the same parts when the other users are gone", () => {
    fc.assert(
      fc.property(someRows, fc.nat(4), (rows, user) => {
        const kept = Int32Array.from(rows.user.keys()).filter((row) => rows.user[row] === user);
        const alone = split({
          ...rows,
          numRows: kept.length,
          user: kept.map(() => 0),
          numUsers: 1,
          time: Float64Array.from(kept, (row) => rows.time![row]!),
          label: Float32Array.from(kept, (row) => rows.label[row]!),
        });
        const among = lists(split(rows)).map((part) =>
          part.filter((row) => rows.user[row] === user),
        );
        expect(lists(alone).map((part) => part.map((row) => kept[row]!))).toEqual(among);
      }),
    );
  });
}
