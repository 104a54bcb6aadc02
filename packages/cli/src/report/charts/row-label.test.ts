import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rowLabel } from "./row-label.ts";

describe("the label of a row", () => {
  test.each([
    ["a name that fits stays on one line", "FedAvg", 12, "FedAvg"],
    ["is broken between words", "FedAvg [width=8]", 12, "FedAvg\n[width=8]"],
    ["is broken after a hyphen", "seven-markets", 10, "seven-\nmarkets"],
    ["is broken anywhere where nothing else is", "abcdefghijkl", 8, "abcdefgh\nijkl"],
    [
      "keeps both ends where the middle does not fit",
      "fedprox-with-a-rather-long-name [width=8]",
      12,
      "fedprox-wit…\nme [width=8]",
    ],
    ["counts letters, not halves of them", "🏝🏝🏝🏝", 2, "🏝🏝\n🏝🏝"],
  ])("%s", (_, name, letters, label) => {
    expect(rowLabel(name, letters)).toBe(label);
  });

  test("has at most two lines of so many letters, and every letter where they fit", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), fc.nat(30), (name, more) => {
        const letters = more + 2;
        const lines = rowLabel(name, letters).split("\n");
        expect(lines.length).toBeLessThanOrEqual(2);
        for (const line of lines) expect([...line].length).toBeLessThanOrEqual(letters);
        const bare = name.replaceAll(/\s/g, "");
        if (name.trim().length <= 2 * letters)
          expect(lines.join("").replaceAll(/\s/g, "")).toBe(bare);
      }),
    );
  });
});
