import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StrategyUpdate } from "../../federation/index.ts";
import type { WireArray } from "../../federation/types.ts";
import { joinRows } from "./join-rows.ts";

const matrix = (rows: readonly (readonly number[])[]): WireArray => ({
  shape: [rows.length, rows[0]!.length],
  data: Float32Array.from(rows.flat()),
});
const counts = (values: readonly number[]): WireArray => ({
  shape: [values.length],
  data: Int32Array.from(values),
});
const update = (
  client: string,
  numExamples: number,
  rows: readonly (readonly number[])[],
  uses: readonly number[],
): StrategyUpdate => ({ client, numExamples, arrays: { table: matrix(rows), uses: counts(uses) } });
const join = (by: "mean" | "usage") => new Map([["table", { by, uses: "uses" }]]);

const two = [
  update(
    "a",
    10,
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    [3, 0, 0],
  ),
  update(
    "b",
    30,
    [
      [5, 6],
      [7, 8],
      [9, 10],
    ],
    [1, 2, 0],
  ),
];

describe("rows that the server joins", () => {
  test("by training rows", () => {
    const { table } = joinRows(
      {
        table: matrix([
          [0, 0],
          [0, 0],
          [0, 0],
        ]),
      },
      two,
      join("mean"),
    );
    expect([...table!.data]).toEqual([4, 5, 6, 7, 8, 9]);
  });

  test("by uses; a row that nobody used stays", () => {
    const { table } = joinRows(
      {
        table: matrix([
          [0, 0],
          [0, 0],
          [-1, -2],
        ]),
      },
      two,
      join("usage"),
    );
    // Row 0: (3 * [1, 2] + 1 * [5, 6]) / 4; row 1: b alone.
    expect([...table!.data]).toEqual([2, 3, 7, 8, -1, -2]);
  });

  test("before the first round a row that nobody used is what the clients hold", () => {
    expect([...joinRows({}, two, join("usage"))["table"]!.data]).toEqual([2, 3, 7, 8, 7, 8]);
  });

  test("without answers nothing changes", () => {
    const table = matrix([[1, 2]]);
    expect([...joinRows({ table }, [], join("usage"))["table"]!.data]).toEqual([1, 2]);
    expect(joinRows({}, [], join("usage"))).toEqual({});
  });

  test("agree with a naive mean over copies of rows, in any order of arrival", () => {
    const client = fc.record({
      rows: fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 2 }), {
        minLength: 4,
        maxLength: 4,
      }),
      uses: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(client, { minLength: 1, maxLength: 4 }), (clients) => {
        const updates = clients.map(({ rows, uses }, c) => update(`c${c}`, 1, rows, uses));
        const before = matrix([
          [1, 1],
          [2, 2],
          [3, 3],
          [4, 4],
        ]);
        const { table } = joinRows({ table: before }, updates, join("usage"));
        for (let r = 0; r < 4; r++)
          for (let k = 0; k < 2; k++) {
            const copies = clients.flatMap(({ rows, uses }) =>
              Array<number>(uses[r]!).fill(rows[r]![k]!),
            );
            const naive =
              copies.length === 0 ? r + 1 : copies.reduce((sum, x) => sum + x, 0) / copies.length;
            expect(table!.data[r * 2 + k]).toBeCloseTo(naive, 5);
          }
        expect(joinRows({ table: before }, updates.toReversed(), join("usage"))["table"]).toEqual(
          table,
        );
      }),
    );
  });

  test.each([
    ["a shape", update("b", 1, [[1, 2]], [1, 1, 1])],
    [
      "uses",
      update(
        "b",
        1,
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        [1],
      ),
    ],
    [
      "a count below 0",
      update(
        "b",
        1,
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        [1, -1, 1],
      ),
    ],
    [
      "a value that is not finite",
      update(
        "b",
        1,
        [
          [1, NaN],
          [3, 4],
          [5, 6],
        ],
        [1, 1, 1],
      ),
    ],
  ])("%s that cannot be is refused", (_, wrong) => {
    expect(() => joinRows({}, [two[0]!, wrong], join("usage"))).toThrow(
      expect.objectContaining({ code: "UPDATE_INVALID" }),
    );
  });
});
