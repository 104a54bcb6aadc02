import { describe, expect, test } from "vitest";
import { columnsConfig } from "./config.ts";
import { encode } from "./encode.ts";
import { selectTask } from "./select-task.ts";
import { splitClient } from "./split-client.ts";
import { number, tableOf, text } from "./tables.fixture.ts";

/** Thirty rows of one user; every third does not know whether a buy followed. */
function dataOf(buy: (row: number) => number | null) {
  const rows = Array.from({ length: 30 }, (_, i) => i);
  const table = tableOf({
    colour: text(rows.map((i) => `c${i % 4}`)),
    click: number(rows.map((i) => i % 2)),
    buy: number(rows.map(buy)),
    part: text(rows.map((i) => ["train", "train", "train", "valid", "test"][(i >> 1) % 5]!)),
  });
  const split = splitClient(
    table,
    {
      client: "de",
      columns: columnsConfig.parse({
        labels: { click: "click", buy: "buy" },
        categorical: ["colour"],
      }),
      feedback: "explicit",
      split: { kind: "given", column: "part" },
    },
    1,
  );
  return encode([split], { minCount: 1 }).data;
}

const known = (i: number) => (i % 3 === 0 ? null : i % 4 === 1 ? 1 : 0);

describe("one of several labels", () => {
  test("the first has every row, another one those that know it, with their own features", () => {
    const data = dataOf(known);
    expect(selectTask(data, undefined).train.numRows).toBe(18);
    const { schema, train, parts } = selectTask(data, "buy");
    const trained = Array.from({ length: 30 }, (_, i) => i).filter(
      (i) => (i >> 1) % 5 < 3 && i % 3 > 0,
    );
    expect([schema.tasks, train.tasks]).toEqual([["buy"], ["buy"]]);
    expect([...train.at]).toEqual(trained);
    expect([...train.label]).toEqual(trained.map(known));
    expect(parts[0]!.test.examples().label.every((label) => label >= 0)).toBe(true);
  });

  test("a label that there is not", () =>
    expect(() => selectTask(dataOf(known), "bui")).toThrow(
      'there is no label "bui"; did you mean "buy"?; data.columns.labels has click, buy',
    ));

  test("a label that no row knows has no rows, and one of a single class has those that know it", () => {
    const unknown = dataOf(() => null);
    const { train, parts } = selectTask(unknown, "buy");
    expect([
      train.numRows,
      parts[0]!.valid.examples().numRows,
      parts[0]!.test.examples().numRows,
    ]).toEqual([0, 0, 0]);
    expect(selectTask(unknown, "click").train.numRows).toBe(18);
    const bought = dataOf(() => 1);
    expect([...selectTask(bought, "buy").train.label]).toEqual(Array<number>(18).fill(1));
  });
});
