import { expect, test } from "vitest";
import { epsilonScale } from "./epsilon-scale.ts";

test("equal ratios are equal distances, with round ticks", () => {
  const { at, ticks, gap } = epsilonScale([0.1, 10], [0, 110]);
  expect(at(0.1)).toBeCloseTo(5, 9);
  expect(at(1)).toBeCloseTo(55, 9);
  expect(at(10)).toBeCloseTo(105, 9);
  expect(ticks.map(({ label }) => label)).toEqual(["0.1", "1", "10"]);
  expect(gap).toBeUndefined();
});

test("infinity stands at the far end, beyond a gap; nothing released at the near one", () => {
  const { at, ticks, gap } = epsilonScale([0.3, 3, Infinity], [200, 0]);
  expect(at(Infinity)).toBe(0);
  expect(at(0)).toBe(200);
  expect(at(3)).toBeGreaterThan(gap!);
  expect(ticks.map(({ label }) => label)).toEqual(["0.3", "1", "3", "∞"]);
});

test("one value, or none but infinity, still has an axis with ticks", () => {
  for (const values of [[2], [3], [6.5], [Infinity], [], [0]]) {
    const { ticks, at } = epsilonScale(values, [0, 100]);
    expect(ticks.filter(({ label }) => label !== "∞").length).toBeGreaterThan(0);
    expect(ticks.every(({ at: place }) => Number.isFinite(place))).toBe(true);
    expect(Number.isFinite(at(values[0] ?? 1))).toBe(true);
  }
});
