import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { drawRows } from "./draw-rows.ts";

test("few rows are all taken, in order, without a draw", () => {
  const into = new Int32Array(4).fill(-1);
  const bits = {
    next: (): number => {
      throw new Error("no draw was expected");
    },
  };
  expect(drawRows(bits, into, { count: 3, wanted: 4 })).toBe(3);
  expect([...into]).toEqual([0, 1, 2, -1]);
});

test("each of the ten sets of 2 of 5 comes equally often (chi-square, 9 degrees, p > 1e-4)", () => {
  const stream = streamOf(2, "rows");
  const into = new Int32Array(2);
  const counts = new Map<string, number>();
  const draws = 20_000;
  for (let i = 0; i < draws; i++) {
    expect(drawRows(stream, into, { count: 5, wanted: 2 })).toBe(2);
    const key = [...into].toSorted((a, b) => a - b).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  expect(counts.size).toBe(10);
  const each = draws / 10;
  let chiSquare = 0;
  for (const count of counts.values()) chiSquare += (count - each) ** 2 / each;
  expect(chiSquare).toBeLessThan(33.7);
});
