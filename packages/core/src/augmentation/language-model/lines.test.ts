import { describe, expect, test } from "vitest";
import { linesOf, marksOf } from "./lines.ts";
import { settingsOf } from "./templates.fixture.ts";

const population = {
  domains: ["food", "kit\nchen"],
  itemStarts: Int32Array.of(0, 3, 5),
  itemText: ["Rye", "", "Tea", "Pan", "!"],
};
const linesWith = (send: object) => linesOf(population, settingsOf({ send }).send);

describe("how long ago an event was", () => {
  test.each([
    [0, "this week", "latest day"],
    [0.9, "this week", "latest day"],
    [1, "this week", "1 day earlier"],
    [6.99, "this week", "6 days earlier"],
    [7, "this month", "7 days earlier"],
    [29.99, "this month", "29 days earlier"],
    [30, "this year", "30 days earlier"],
    [364.99, "this year", "364 days earlier"],
    [365, "earlier", "365 days earlier"],
    [4000.5, "earlier", "4000 days earlier"],
  ])("%s days: %s, or %s", (days, bucket, exact) => {
    const ago = (ages: "none" | "bucket" | "exact") => marksOf({ ages, domains: true }).ago(days);
    expect([ago("none"), ago("bucket"), ago("exact")]).toEqual(["", ` (${bucket})`, ` (${exact})`]);
  });
});

const history = { user: 7, items: [0, 1, 3, 4, 2], ages: [400, 300, 20, 10, 0] };

describe("a history is told oldest first, without things that have no title", () => {
  test.each([
    [{}, '- food: "Rye" (earlier)\n- kit chen: "Pan" (this month)\n- food: "Tea" (this week)'],
    [{ ages: "none" }, '- food: "Rye"\n- kit chen: "Pan"\n- food: "Tea"'],
    [
      { domains: false, ages: "exact" },
      '- "Rye" (400 days earlier)\n- "Pan" (20 days earlier)\n- "Tea" (latest day)',
    ],
    [{ domains: false, ages: "none" }, '- "Rye"\n- "Pan"\n- "Tea"'],
    [{ domains: false, ages: "none", redact: ["p.n"] }, '- "Rye"\n- "Tea"'],
    // The latest two that have a title, not of the latest two those that have one.
    [{ domains: false, ages: "none", history: 2 }, '- "Pan"\n- "Tea"'],
  ])("%j", (send, lines) => expect(linesWith(send).history(history)).toBe(lines));
});

test("a history without a title is none", () => {
  const lines = linesWith({});
  expect(lines.history({ user: 0, items: [1, 4], ages: [1, 0] })).toBeUndefined();
  expect(lines.history({ user: 0, items: [], ages: [] })).toBeUndefined();
});

test("items are numbered as they come, those without a title left out", () => {
  const lines = linesWith({});
  expect(lines.titled([4, 3, 1, 0])).toEqual([3, 0]);
  expect(lines.numbered([3, 0])).toBe('1. kit chen: "Pan"\n2. food: "Rye"');
});

test("a population without texts is refused", () => {
  expect(() => linesOf({ ...population, itemText: undefined }, settingsOf().send)).toThrow(
    RangeError,
  );
});
