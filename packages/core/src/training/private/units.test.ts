import { expect, test } from "vitest";
import { unitsOf } from "./units.ts";
import { world } from "./worlds.fixture.ts";

test("every example is a unit of one row", () => {
  const { count, rows, starts } = unitsOf(world({ numRows: 4 }), "example");
  expect(count).toBe(4);
  expect([...rows]).toEqual([0, 1, 2, 3]);
  expect([...starts]).toEqual([0, 1, 2, 3, 4]);
});

test("a user is a unit of all its rows; users without rows are none", () => {
  const data = world({ numRows: 7 });
  const user = Int32Array.of(4, 2, 4, 9, 2, 4, 9);
  const { count, rows, starts } = unitsOf({ ...data, train: { ...data.train, user } }, "user");
  expect(count).toBe(3);
  expect([...starts]).toEqual([0, 3, 5, 7]);
  expect([...rows]).toEqual([0, 2, 5, 1, 4, 3, 6]);
});
