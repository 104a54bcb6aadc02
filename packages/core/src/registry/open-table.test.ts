import { expect, test } from "vitest";
import { openTable } from "./open-table.ts";

const mine = { name: "mine", definition: { value: 3 }, from: "./mine.ts" };

test("what is added is found like the library's own, after it, in the order in which it came", () => {
  const table = openTable("metric", { auc: { value: 1 }, ece: { value: 2 } });
  expect(table.find("mine")).toBeUndefined();
  table.add(mine);
  table.add({ ...mine, name: "a" });
  expect(table.get("mine")).toBe(mine.definition);
  expect(table.get("ece")).toEqual({ value: 2 });
  expect(table.names()).toEqual(["auc", "ece", "mine", "a"]);
});

test("the same definition again changes nothing; another one of a taken name is refused, with both owners", () => {
  const table = openTable("metric", { auc: { value: 1 } });
  table.add(mine);
  table.add({ ...mine, from: "./again.ts" });
  expect(table.names()).toEqual(["auc", "mine"]);
  const other = { name: "mine", definition: { value: 4 }, from: "./other.ts" };
  expect(table.refusal(other)).toMatchObject({ code: "EXTENSION_NAME_TAKEN" });
  expect(() => table.add(other)).toThrow(
    './other.ts adds the metric "mine", a name that ./mine.ts has taken; give it another name',
  );
  expect(() => table.add({ ...other, name: "auc" })).toThrow(
    'adds the metric "auc", a name that the library has taken',
  );
  expect(table.get("mine")).toBe(mine.definition);
});

test("a name that nobody added says how to add it; names of objects' own methods are no names", () => {
  const table = openTable("model", {});
  for (const name of ["mine", "constructor", "toString"])
    expect(() => table.get(name)).toThrow(
      `there is no model "${name}" here; where a module adds it, list the module under extensions`,
    );
});
