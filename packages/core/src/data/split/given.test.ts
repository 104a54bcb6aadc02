import { describe, expect, test } from "vitest";
import type { AtollError } from "../../errors/index.ts";
import { number, tableOf, text } from "../tables.fixture.ts";
import { splitConfig } from "./config.ts";
import { givenParts } from "./given.ts";

const given = (settings: object = {}) => {
  const config = splitConfig.parse({ kind: "given", column: "part", ...settings });
  if (config.kind !== "given") throw new Error("given is expected");
  return config;
};
const partsOf = (values: readonly (string | null)[], settings?: object) =>
  givenParts(tableOf({ part: text(values) }), { client: "de" }, given(settings));

test("values name parts, several where a list is given", () => {
  expect([...partsOf(["test", "train", "valid", "train"]).part]).toEqual([2, 0, 1, 0]);
  const folds = { train: ["0", "1", "2"], valid: "3", test: ["4"] };
  expect([...partsOf(["4", "0", "3", "2", "1"], folds).part]).toEqual([2, 0, 1, 0, 0]);
});

describe("what cannot be", () => {
  const message = (problems: readonly AtollError[]) =>
    problems.map(({ code, message: text }) => `[${code}] ${text}`);

  test("another value, with the first row that has it", () => {
    expect(message(partsOf(["train", "dev", "test", "dev"]).problems)).toMatchInlineSnapshot(`
      [
        "[DATA_SPLIT_VALUE] client "de": column "part" names no part in 2 of 4 rows, first "dev" in row 2; parts are "train", "valid", "test": set split.train, split.valid and split.test to the column's values, or filter these rows",
      ]
    `);
  });

  test("an empty value", () => {
    expect(message(partsOf(["train", "test", null]).problems)).toMatchInlineSnapshot(`
      [
        "[DATA_SPLIT_VALUE] client "de": column "part" names no part in 1 of 3 rows, first an empty value in row 3; parts are "train", "valid", "test": set split.train, split.valid and split.test to the column's values, or filter these rows",
      ]
    `);
  });

  test("no such column, or one of numbers", () => {
    const table = tableOf({ parts: text(["train"]), number: number([1]) });
    const of = (column: string) =>
      message(givenParts(table, { client: "de" }, given({ column })).problems);
    expect([...of("part"), ...of("number")]).toMatchInlineSnapshot(`
      [
        "[DATA_MISSING_COLUMN] client "de": no column "part" for split.column; did you mean "parts"?; there are: parts, number",
        "[DATA_COLUMN_TYPE] client "de": column "number" holds number values, split.column needs text values; name another column, or have the file read it as text",
      ]
    `);
  });

  test("one value for two parts", () => {
    expect(() => given({ valid: ["test", "valid"] })).toThrow(/two parts have a value in common/);
  });
});
