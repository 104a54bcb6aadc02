import { expect, test } from "vitest";
import type { RawColumn, SplitClient } from "../../../data/index.ts";
import { describingFeature, itemTexts } from "./item-words.ts";

function text(values: readonly string[], codes: readonly number[]): RawColumn {
  return { kind: "text", values, codes: Int32Array.from(codes) };
}

function split(client: string, train: readonly number[]): SplitClient {
  const rule = { kind: "value" } as const;
  const categorical = [
    { name: "user", of: "user", rule, column: text(["u"], [0, 0, 0, 0]) },
    { name: "item", of: "item", rule, column: text(["i", "j"], [0, 1, 0, 1]) },
    { name: "title", of: "item", rule, column: text(["red lamp", "blue lamp"], [-1, 1, 0, 1]) },
  ];
  return {
    client,
    categorical,
    numeric: [],
    train: Int32Array.from(train),
  } as unknown as SplitClient;
}

test("an item's text is that of its first training row with one", () => {
  expect(itemTexts([split("a", [0, 1, 2])], "title", ["j", "i", "k"])).toEqual([
    "blue lamp",
    "red lamp",
    "",
  ]);
  // Row 2, which names item i red, is held out.
  expect(itemTexts([split("a", [0, 1])], "title", ["i"])).toEqual([""]);
});

test("pooled clients keep their items apart", () => {
  const pooled = [split("a", [1, 2]), split("b", [1])];
  const values = ['["a","i"]', '["b","i"]', '["b","j"]'];
  expect(itemTexts(pooled, "title", values)).toEqual(["red lamp", "", "blue lamp"]);
});

test("a feature that is not there is named, with what is; so are rows on disk", () => {
  expect(() => itemTexts([split("a", [0])], "name", ["i"])).toThrow(
    'client "a": alignment.text reads the item feature "name", but there is no such text; there are: user, item, title',
  );
  const stored = { ...split("a", [0]), stored: {} } as unknown as SplitClient;
  expect(() => itemTexts([stored], "title", ["i"])).toThrow("leave alignment.text out");
  expect(describingFeature([stored])).toBeUndefined();
  expect(describingFeature([split("a", [0])])).toBe("title");
});
