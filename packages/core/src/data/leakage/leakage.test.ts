import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsConfig } from "../config.ts";
import { splitClient } from "../split-client.ts";
import {
  explicitRules,
  implicitRules,
  interactions,
  number,
  tableOf,
  text,
} from "../tables.fixture.ts";
import { countAlsoAmong, wordsOf, wordsOfIndex } from "./equal-rows.ts";
import { leakageOf, type Leakage } from "./leakage.ts";
import { worriesOf } from "./worries.ts";

const given = { kind: "given" as const, column: "part" };

describe("a constructed table, every row with its part", () => {
  // part, user, item, time, colour, price, click
  const rows = [
    ["train", "ann", "x", 1, "red", 1, 1],
    ["train", "ann", "y", 2, "red", 2, 0],
    ["train", "bob", "x", 3, "blue", 3, 0],
    ["train", "bob", "y", 9, "blue", 4, 0],
    ["valid", "ann", "z", 4, "red", 5, 1],
    ["valid", "bob", "x", 5, "blue", 3, 0],
    ["test", "ann", "x", 6, "red", 1, 1],
    ["test", "bob", "x", 7, "blue", 33, 0],
    ["test", "bob", "w", 8, "blue", 3, 1],
    ["test", "new", "y", 10, "red", 2, 1],
    ["test", "new", "v", 11, "red", 2, 0],
  ] as const;
  const table = tableOf({
    part: text(rows.map(([part]) => part)),
    who: text(rows.map(([, who]) => who)),
    what: text(rows.map(([, , what]) => what)),
    when: number(rows.map(([, , , when]) => when)),
    colour: text(rows.map(([, , , , colour]) => colour)),
    price: number(rows.map(([, , , , , price]) => price)),
    click: number(rows.map(([, , , , , , click]) => click)),
  });
  const columns = columnsConfig.parse({
    user: "who",
    item: "what",
    time: "when",
    label: "click",
    categorical: ["colour"],
    numeric: ["price"],
  });
  const leakage = leakageOf(splitClient(table, { ...explicitRules, columns, split: given }, 1));

  test("test rows: new users and items, repeated pairs, one whole row, training in their future", () => {
    expect(leakage.test).toEqual({
      rows: 5,
      labelRate: 3 / 5,
      users: { distinct: 3, unseen: 1, unseenRows: 2 },
      items: { distinct: 4, unseen: 2, unseenRows: 2 },
      // ann's x and bob's x; of these only ann's has the price it had in training.
      pairsInTraining: 2,
      rowsInTraining: 1,
      // bob's y at 9 is later than the first test row at 6, and than bob's own at 7.
      trainingAfterFirst: 1,
      trainingAfterOwn: 1,
      neverDrawn: null,
    });
  });

  test("validation rows likewise", () => {
    expect(leakage.valid).toEqual({
      rows: 2,
      labelRate: 1 / 2,
      users: { distinct: 2, unseen: 0, unseenRows: 0 },
      items: { distinct: 2, unseen: 1, unseenRows: 1 },
      pairsInTraining: 1,
      rowsInTraining: 1,
      trainingAfterFirst: 1,
      trainingAfterOwn: 1,
      neverDrawn: null,
    });
    expect(leakage.training).toEqual({ rows: 4, labelRate: 1 / 4 });
  });

  test("what is worrying is said with its share; few rows prove no difference of label rates", () => {
    expect(worriesOf(leakage).map(({ kind }) => kind)).toEqual(["pairs", "rows", "own-future"]);
    expect(worriesOf(leakage)[0]!.text).toMatch(/^40\.0% of the test rows repeat/);
  });
});

test("without ids and time, what cannot be told is null", () => {
  const rows = Array.from({ length: 20 }, (_, i) => i);
  const table = tableOf({
    click: number(rows.map((i) => i % 2)),
    colour: text(rows.map((i) => `c${i % 3}`)),
    price: number(rows),
  });
  const { test: held } = leakageOf(splitClient(table, explicitRules, 1));
  expect(held).toMatchObject({ users: null, items: null, pairsInTraining: null });
  expect(held).toMatchObject({ trainingAfterFirst: null, trainingAfterOwn: null });
  expect(held.rowsInTraining).toBe(0);
});

describe("implicit feedback", () => {
  const table = interactions(
    Array.from({ length: 40 }, (_, i) => [`u${i % 5}`, `i${(i * 7) % 23}`, i] as const),
  );
  const of = (exclude: "train" | "all") =>
    leakageOf(splitClient(table, { ...implicitRules, negatives: { training: { exclude } } }, 1));

  test("exclude all never draws any held-out item, exclude train draws them all", () => {
    expect(of("all").test.neverDrawn).toBe(5);
    expect(of("all").valid.neverDrawn).toBe(5);
    expect(of("train").test.neverDrawn).toBe(0);
    expect(worriesOf(of("all")).map(({ kind }) => kind)).toContain("never-drawn");
    expect(worriesOf(of("train")).map(({ kind }) => kind)).not.toContain("never-drawn");
  });

  test("leave-one-out trains on nothing later than a user's own test row, but on rows after the first one", () => {
    const { test: held } = of("train");
    expect(held.trainingAfterOwn).toBe(0);
    // The five last rows are test: nothing is later than the first of them.
    expect(held.trainingAfterFirst).toBe(0);
    const early = interactions([
      ["early", "a", 1],
      ["early", "b", 2],
      ["early", "c", 3],
      ["late", "a", 4],
      ["late", "d", 5],
      ["late", "c", 6],
    ]);
    const leakage = leakageOf(splitClient(early, implicitRules, 1));
    expect(leakage.test.trainingAfterFirst).toBe(1);
    expect(leakage.test.trainingAfterOwn).toBe(0);
  });
});

describe("label rates", () => {
  const leakage = (train: number, test: number, rows: number): Leakage => {
    const part = {
      rows,
      users: null,
      items: null,
      pairsInTraining: null,
      rowsInTraining: 0,
      trainingAfterFirst: null,
      trainingAfterOwn: null,
      neverDrawn: null,
    };
    return {
      training: { rows, labelRate: train },
      valid: { ...part, labelRate: train },
      test: { ...part, labelRate: test },
    };
  };

  test("20% and 23% worry with 10,000 rows (5.2 standard errors), not with 1,000 (1.6)", () => {
    expect(worriesOf(leakage(0.2, 0.23, 10_000)).map(({ kind }) => kind)).toEqual(["label-rate"]);
    expect(worriesOf(leakage(0.2, 0.23, 1000))).toEqual([]);
  });

  test("20% and 21% do not, however many rows there are", () => {
    expect(worriesOf(leakage(0.2, 0.21, 10_000_000))).toEqual([]);
  });
});

test("rows equal in all columns are found exactly, as by comparing their texts", () => {
  const row = fc.record({
    code: fc.integer({ min: -1, max: 3 }),
    value: fc.constantFrom(0.1, 2, NaN, 1e300),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), fc.nat(40), (rows, cut) => {
      const all = Int32Array.from(rows.keys());
      const [train, held] = [all.subarray(0, cut), all.subarray(cut)];
      const asText = (i: number) => `${rows[i]!.code} ${rows[i]!.value}`;
      const known = new Set(Array.from(train, asText));
      const columns = [
        wordsOfIndex(Int32Array.from(rows, ({ code }) => code)),
        wordsOf({ kind: "number", values: Float64Array.from(rows, ({ value }) => value) }),
      ];
      expect(countAlsoAmong(columns, held, train)).toBe(
        Array.from(held).filter((i) => known.has(asText(i))).length,
      );
    }),
  );
});
