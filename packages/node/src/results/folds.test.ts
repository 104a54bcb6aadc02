import { splitClient, type RawTable, type SplitClient } from "@atoll/core/data";
import { describe, expect, test } from "vitest";
import { foldsOf, rowUnits } from "./folds.ts";

const numbers = (values: readonly number[]) =>
  ({ kind: "number", values: Float64Array.from(values) }) as const;

/** Twenty rows without users: every second is a click, and every third does not know its sale. */
const table: RawTable = {
  numRows: 20,
  columns: {
    size: numbers(Array.from({ length: 20 }, (_, row) => row)),
    click: numbers(Array.from({ length: 20 }, (_, row) => row % 2)),
    sale: numbers(Array.from({ length: 20 }, (_, row) => (row % 3 === 0 ? Number.NaN : row % 2))),
  },
};

const split = (seed: number): SplitClient =>
  splitClient(
    table,
    {
      client: "de",
      feedback: "explicit",
      columns: { categorical: [], numeric: ["size"], labels: { click: "click", sale: "sale" } },
      split: { kind: "k-fold", folds: 4, stratify: true },
    },
    seed,
  );

describe("the rows that seeds measure", () => {
  const walk = [0, 1, 2, 3, 4].map(split);

  test("four folds measure all rows once, a fifth seed the rows of the first again", () => {
    const units = rowUnits(walk, "click")!;
    expect(
      units
        .slice(0, 4)
        .flatMap((own) => [...own])
        .toSorted((a, b) => a - b),
    ).toEqual(Array.from({ length: 20 }, (_, row) => row));
    expect(units[4]).toEqual(units[0]);
    expect(rowUnits(walk, undefined)).toEqual(units);
  });

  test("a label is measured on the rows that know it", () => {
    const units = rowUnits(walk.slice(0, 4), "sale")!.flatMap((own) => [...own]);
    expect(units.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, row) => row).filter((row) => row % 3 !== 0),
    );
  });

  test("where there are users, these are the units; the same rows in all seeds need no names", () => {
    expect(
      rowUnits(
        walk.map((own) => ({ ...own, numUsers: 7 })),
        "click",
      ),
    ).toBeUndefined();
    expect(rowUnits([split(1), split(5)], "click")).toBeUndefined();
  });
});

test("seeds are folds where they choose the fold, and nowhere else", () => {
  const splits = new Map([4, 5, 6].map((seed) => [seed, [split(seed)]]));
  const of = (kind: Record<string, unknown>) =>
    foldsOf({ split: { kind: "k-fold", folds: 4, ...kind } as never, seeds: [4, 5, 6] }, splits);
  // Five test rows for ten training rows.
  expect(of({ fold: "seed" })).toEqual({ of: [0, 1, 2], testToTrain: 0.5 });
  expect(of({ fold: 2 })).toBeUndefined();
  expect(of({ kind: "random", fold: "seed" })).toBeUndefined();
});

test("folds count the rows that are measured, which may be validation rows", () => {
  const [own, valid] = [split(0), Int32Array.of(0, 1)];
  const splits = new Map([[0, [{ ...own, valid, test: valid }]]]);
  const found = foldsOf(
    { split: { kind: "k-fold", folds: 4, fold: "seed" } as never, seeds: [0] },
    splits,
  );
  expect(found!.testToTrain).toBe(valid.length / own.train.length);
  expect(own.counts.test).toBe(5);
});
