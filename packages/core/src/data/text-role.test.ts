import { describe, expect, test } from "vitest";
import { columnsConfig, splitClient, splitStored, wantedColumns, type RawTable } from "./index.ts";
import { implicitRules, number, tableOf, text } from "./tables.fixture.ts";

const rows = [
  ["ann", "tea", 40, "green tea"],
  ["ann", "jam", 10, null],
  ["ann", "tea", 20, "tea, again"],
  ["ann", "rye", 30, "rye bread"],
  ["bob", "oil", 5, "olive oil"],
] as const;
const table: RawTable = tableOf({
  who: text(rows.map(([user]) => user)),
  what: text(rows.map(([, item]) => item)),
  when: number(rows.map(([, , time]) => time)),
  title: text(rows.map((row) => row[3])),
});
const rulesOf = (columns: object) => ({
  ...implicitRules,
  columns: columnsConfig.parse({ ...implicitRules.columns, ...columns }),
});

test("rows carry the text of their item in time order, one of each pair, none where it is empty", () => {
  const split = splitClient(table, rulesOf({ text: "title", timeUnit: "days" }), 1);
  if (split.text?.kind !== "text") throw new Error("texts are text");
  const { codes, values } = split.text;
  expect(Array.from(codes, (code) => (code < 0 ? null : values[code]))).toEqual([
    "olive oil",
    null,
    "tea, again",
    "rye bread",
  ]);
  expect(split.timeUnit).toBe("days");
});

test("without the role there is no text and no unit, and the text is no feature", () => {
  const split = splitClient(table, implicitRules, 1);
  expect(split).not.toHaveProperty("text");
  expect(split).not.toHaveProperty("timeUnit");
  const withText = splitClient(table, rulesOf({ text: "title" }), 1);
  expect(withText.categorical.map(({ name }) => name)).toEqual(["user", "item"]);
});

test("the column is read as text", () => {
  expect(wantedColumns(rulesOf({ text: "title" }).columns)).toContainEqual({
    name: "title",
    as: "text",
  });
});

describe("refused", () => {
  const message = (columns: object) => {
    try {
      splitClient(table, rulesOf(columns), 1);
    } catch (error) {
      return (error as Error).message;
    }
    return "no error";
  };
  test("a column that is not there", () =>
    expect(message({ text: "titel" })).toContain(
      'no column "titel" for the role text; did you mean "title"?',
    ));
  test("a column of numbers, and one that is the time", () => {
    expect(message({ text: "when", time: undefined })).toContain("needs text values");
    expect(message({ text: "when" })).toContain("the item's text and the time at once");
  });
  test("a column that is the label, or a number", () => {
    expect(message({ text: "title", label: "title" })).toContain("text and the label at once");
    expect(message({ text: "title", numeric: ["title"] })).toContain(
      'column "title" is read as text and, for data.columns.numeric, as number',
    );
  });
  test("rows on disk", () => {
    const source = { numRows: 1, columns: [], read: () => table } as never;
    const columns = columnsConfig.parse({ label: "click", text: "title" });
    const rules = {
      client: "a",
      columns,
      feedback: "explicit",
      split: { kind: "random" },
    } as const;
    expect(() => splitStored(source, rules, 1)).toThrow(
      expect.objectContaining({
        code: "DATA_NEEDS_MEMORY",
        message: expect.stringContaining("data.columns.text needs all rows in memory"),
      }),
    );
  });
});
