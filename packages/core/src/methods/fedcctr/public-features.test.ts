import { describe, expect, test } from "vitest";
import { populationOf, trainingEvents } from "../../population/index.ts";
import { domainOfRows, type Row } from "../../population/tables.fixture.ts";
import { configOf } from "./privacy/privacy.fixture.ts";
import type { People } from "./people.ts";
import { publicFeatures, withWords } from "./public-features.ts";

/** Four items with one text, or without a column of texts. */
function people(text: string | undefined): People {
  const rows = (["train", "train", "valid", "test"] as const).map((part, i): Row => {
    const row = [`u${i}`, `i${i}`, i, part] as const;
    return text === undefined ? row : [...row, text];
  });
  const population = populationOf([domainOfRows("food", rows)]);
  const catalogue = { domains: ["food"], items: 4, hasText: population.itemText !== undefined };
  return { population, events: trainingEvents(population), catalogue };
}

const featuresOf = (
  text: string | undefined,
  items: Readonly<Record<string, unknown>>,
  federate: "all" | "encoders-and-codes" = "all",
) => {
  const config = configOf({ items: { dimensions: 2, ...items } });
  return publicFeatures(people(text), config, federate);
};

describe("public vectors without a word in any text", () => {
  test.each([
    { of: "no column", text: undefined, says: "no column has the role text; name one in" },
    { of: "empty texts", text: "", says: "no text has a word; name another column in" },
    { of: "signs", text: "-", says: "no text has a word; name another column in" },
  ])("are refused: $of", async ({ text, says }) => {
    const refusal = expect.objectContaining({
      code: "METHOD_NEEDS_TEXT",
      message: expect.stringContaining(says),
    });
    await expect(featuresOf(text, { vectors: "public" })).rejects.toThrow(refusal);
    await expect(
      featuresOf(text, { vectors: "learned", order: 1 }, "encoders-and-codes"),
    ).rejects.toThrow(refusal);
  });

  test("tell items apart by their order alone, where that is asked for", async () => {
    const { vectors } = await featuresOf("", { vectors: "public", order: 1 });
    expect(vectors).toHaveLength(4 * (2 + 1 + 2));
  });
});

test("words stand behind the vectors of their item, or alone", () => {
  const [vectors, words] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6)];
  expect(withWords(vectors, words, { items: 2 })).toEqual(Float32Array.of(1, 2, 5, 3, 4, 6));
  expect(withWords(undefined, words, { items: 2 })).toBe(words);
  expect(withWords(vectors, undefined, { items: 2 })).toBe(vectors);
  expect(withWords(undefined, undefined, { items: 2 })).toBeUndefined();
});
