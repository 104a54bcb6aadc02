import { expect, test } from "vitest";
import { createSlots } from "./slots.ts";

test("distinct items get slots as they come, user by user", () => {
  const slots = createSlots(10, 3);
  const own = new Int32Array(6).fill(-1);
  slots.begin(own, 0);
  expect([7, 2, 7, 5, 2].map(slots.of)).toEqual([0, 1, 0, 2, 1]);
  slots.begin(own, 3);
  expect(slots.of(2)).toBe(0);
  expect([...own]).toEqual([7, 2, 5, 2, -1, -1]);
  slots.of(1);
  slots.of(0);
  expect(() => slots.of(9)).toThrow("more than 3 distinct items");
});
