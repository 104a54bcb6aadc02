import * as fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import type { Parts, SplittableRows } from "./split.ts";

/** Rows of a few users at few distinct times, in time order. */
export const someRows: fc.Arbitrary<SplittableRows> = fc
  .array(fc.record({ user: fc.nat(4), time: fc.nat(15) }), { minLength: 20, maxLength: 60 })
  .filter((rows) => new Set(rows.map(({ time }) => time)).size >= 3)
  .map((rows) => {
    rows.sort((a, b) => a.time - b.time);
    return {
      client: "de",
      numRows: rows.length,
      user: Int32Array.from(rows, ({ user }) => user),
      numUsers: 5,
      time: Float64Array.from(rows, ({ time }) => time),
      random: streamOf(1, "split"),
    };
  });

/** What every split keeps. */
export function splitLaws(split: (rows: SplittableRows) => Parts): void {
  test("every row is in exactly one part, rows of a part ascend", () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const { train, valid, test } = split(rows);
        for (const part of [train, valid, test])
          expect([...part]).toEqual([...part].toSorted((a, b) => a - b));
        expect([...train, ...valid, ...test].toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: rows.numRows }, (_, row) => row),
        );
      }),
    );
  });
}
