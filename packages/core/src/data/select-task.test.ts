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
    expect(parts[0]!.test.label.every((label) => label >= 0)).toBe(true);
  });

  test("a label that there is not", () =>
    expect(() => selectTask(dataOf(known), "bui")).toThrow(
      'there is no label "bui"; did you mean "buy"?; data.columns.labels has click, buy',
    ));

  test("a label that no training row knows, or all know as the same, teaches nothing", () => {
    expect(() =>
      selectTask(
        dataOf(() => null),
        "buy",
      ),
    ).toThrow(
      'client "de": of the 0 training rows that know the label "buy", 0 are positive; a model needs both classes',
    );
    expect(() =>
      selectTask(
        dataOf(() => 1),
        "buy",
      ),
    ).toThrow("18 are positive");
    expect(
      selectTask(
        dataOf(() => null),
        "click",
      ).train.numRows,
    ).toBe(18);
  });
});
