import fc from "fast-check";
import { describe, expect, test } from "vitest";
import reference from "./__fixtures__/feature-hashing.json" with { type: "json" };
import { featureCounts, hashingVectorizer } from "./hashing.ts";

const vectorOf = async (text: string, dimensions = 64) =>
  Array.from(await hashingVectorizer(dimensions).vectorize([text]));

describe("feature hashing", () => {
  test.each(reference.texts)("features of $text: words, and values under their keys", (own) => {
    expect(Object.fromEntries(featureCounts(own.text))).toEqual(own.features);
  });

  test.each(reference.vectors)("of length $dimensions is scikit-learn's", async (own) => {
    const { dimensions, vectorize } = hashingVectorizer(own.dimensions);
    expect(dimensions).toBe(own.dimensions);
    const found = await vectorize(reference.texts.map(({ text }) => text));
    const expected = own.values.flat();
    expect(found).toHaveLength(expected.length);
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
  });

  test("has length 1 or is 0, without NaN or -0, whatever the text", () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    const texts = fc.string({ unit: fc.oneof(unit, fc.constantFrom(..."ab:;, ")) });
    return fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), async (text, dimensions) => {
        const vector = await vectorOf(text, dimensions);
        const length = Math.hypot(...vector);
        if (length !== 0) expect(length).toBeCloseTo(1, 5);
        expect(vector.every((value) => Number.isFinite(value) && !Object.is(value, -0))).toBe(true);
      }),
    );
  });

  test("features that cancel leave 0: in one dimension, one word of each sign", async () => {
    const words = ["tea", "pot", "pan", "cup", "jar", "mug"];
    const signs = await Promise.all(words.map(async (word) => (await vectorOf(word, 1))[0]!));
    const [plus, minus] = [1, -1].map((sign) => words[signs.indexOf(sign)]!);
    expect(await vectorOf(`${plus} ${minus}`, 1)).toEqual([0]);
    expect(await vectorOf(`${plus} ${plus} ${minus}`, 1)).toEqual([1]);
  });

  test("case, order and punctuation change nothing; a key is told apart from another", async () => {
    expect(Object.fromEntries(featureCounts("For: Guests; Tea!"))).toEqual(
      Object.fromEntries(featureCounts("tea; for: guests")),
    );
    expect(await vectorOf("for: guests")).not.toEqual(await vectorOf("from: guests"));
  });

  test.each([0, -1, 2.5, Number.NaN])("%s dimensions are refused", (dimensions) => {
    expect(() => hashingVectorizer(dimensions)).toThrow(RangeError);
  });
});
