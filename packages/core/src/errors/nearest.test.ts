import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test("one edit, a swap of neighbours or another case is taken for a slip; more is not", () => {
  expect(nearest("widht", ["width", "hidden"])).toBe("width");
  expect(nearest("Rates", ["rate", "date"])).toBe("rate");
  expect(nearest("itme", ["user", "item"])).toBe("item");
  expect(nearest("colour", ["color"])).toBe("color");
  expect(nearest("price", ["user", "item"])).toBeUndefined();
  expect(nearest("x", [])).toBeUndefined();
});

test("of long names a third of the letters may differ", () => {
  expect(nearest("learnrate", ["learningRate"])).toBe("learningRate");
  expect(nearest("popular", ["popularity"])).toBe("popularity");
});
