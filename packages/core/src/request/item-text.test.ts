import * as fc from "fast-check";
import { expect, test } from "vitest";
import reference from "./__fixtures__/request.json" with { type: "json" };
import { textIndex, tokensOf } from "./index.ts";

test("tokens are runs of letters and digits of any script, in lower case", () => {
  expect(tokensOf("Café-au-Lait, 100g! ÄÖ_ß 緑茶 №5")).toEqual([
    "café",
    "au",
    "lait",
    "100g",
    "äö",
    "ß",
    "緑茶",
    "5",
  ]);
  expect(tokensOf("cafe\u0301")).toEqual(tokensOf("caf\u00e9"));
  expect(tokensOf(" -- ")).toEqual([]);
});

test("weights are those of scikit-learn", () => {
  const { offsets, terms, weights, vocabulary, numItems, numTerms } = textIndex(reference.titles);
  expect(vocabulary.toSorted()).toEqual(reference.terms.toSorted());
  expect([numItems, numTerms]).toEqual([reference.titles.length, reference.terms.length]);
  reference.tfidf.forEach((expected, item) => {
    const own = new Map<string, number>();
    for (let e = offsets[item]!; e < offsets[item + 1]!; e++)
      own.set(vocabulary[terms[e]!]!, weights[e]!);
    expect(own.size).toBe(expected.filter((weight) => weight > 0).length);
    reference.terms.forEach((term, t) => expect(own.get(term) ?? 0).toBeCloseTo(expected[t]!, 10));
  });
});

test("rows of any texts have length 1, or are empty where there is no term", () => {
  const word = fc.constantFrom("a", "b", "c", "-", "d e", "");
  fc.assert(
    fc.property(fc.array(fc.array(word).map((words) => words.join(" "))), (texts) => {
      const { offsets, terms, weights } = textIndex(texts);
      texts.forEach((text, item) => {
        const own = weights.subarray(offsets[item], offsets[item + 1]);
        const squares = own.reduce((sum, weight) => sum + weight ** 2, 0);
        expect(squares).toBeCloseTo(tokensOf(text).length === 0 ? 0 : 1, 12);
        expect(new Set(terms.subarray(offsets[item], offsets[item + 1])).size).toBe(own.length);
      });
    }),
  );
});
