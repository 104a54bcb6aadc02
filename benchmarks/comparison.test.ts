import { expect, test } from "vitest";
import { compared } from "./comparison.ts";

test("a comparison is the ratio of medians; its spread, the quartiles of the pairs", () => {
  // pairs: 0.5, 1, 0.25, 0.4; the drift of the machine doubles the second block of both
  const { ratio, spread } = compared([1, 4, 1, 2], [2, 4, 4, 5]);
  expect(ratio).toBe(1.5 / 4);
  expect(spread[0]).toBeCloseTo(0.3625, 12);
  expect(spread[1]).toBeCloseTo(0.625, 12);
});
