import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withoutEchoes, type Answer } from "./answer.ts";
import { itemsAnswer, wordsOfItem } from "./items.ts";
import { profileAnswer, wordsOfProfile } from "./profiles.ts";
import { sequencesAnswer } from "./sequences.ts";

const reasonOf = <T>({ parse }: Answer<T>, text: string) => {
  const read = parse(text);
  return read.ok ? "accepted" : read.reason;
};

const flour = { category: "flour", purpose: "baking", audience: "bakers", qualities: ["dark"] };
const items = (...of: object[]) => JSON.stringify({ items: of });
const one = (changes: object) => items({ ...flour, ...changes });

describe("of candidates 1 to 10, at most two liked and one disliked", () => {
  const picked = sequencesAnswer({ candidates: 10, liked: 2, disliked: 1 });

  test.each([
    ['{"liked":[3,10],"disliked":[1]}', { liked: [3, 10], disliked: [1] }],
    ['{"disliked":[],"liked":[]}', { liked: [], disliked: [] }],
  ])("%s is accepted", (text, value) => {
    expect(picked.parse(text)).toEqual({ ok: true, value });
  });

  test.each([
    ['{"liked":[0],"disliked":[]}', "no candidate"],
    ['{"liked":[11],"disliked":[]}', "no candidate"],
    ['{"liked":[],"disliked":[-1]}', "no candidate"],
    ['{"liked":[-0],"disliked":[]}', "no candidate"],
    ['{"liked":[9007199254740993],"disliked":[]}', "no candidate"],
    [`{"liked":[1${"0".repeat(400)}],"disliked":[]}`, "wrong shape"], // Infinity, once it is read
    ['{"liked":[1,2,3],"disliked":[]}', "too many"],
    ['{"liked":[],"disliked":[1,2]}', "too many"],
    ['{"liked":[3,3],"disliked":[]}', "named twice"],
    ['{"liked":[3],"disliked":[3]}', "named twice"],
    ['{"liked":["3"],"disliked":[]}', "wrong shape"],
    ['{"liked":[true],"disliked":[]}', "wrong shape"],
    ['{"liked":[null],"disliked":[]}', "wrong shape"],
    ['{"liked":[[3]],"disliked":[]}', "wrong shape"],
    ['{"liked":[{"number":3}],"disliked":[]}', "wrong shape"],
    ['{"liked":[1.0],"disliked":[]}', "wrong shape"],
    ['{"liked":[1.5],"disliked":[]}', "wrong shape"],
    ['{"liked":3,"disliked":[]}', "wrong shape"],
    ['{"liked":"3","disliked":[]}', "wrong shape"],
    ['{"liked":{"0":3},"disliked":[]}', "wrong shape"],
    ['{"liked":null,"disliked":[]}', "wrong shape"],
    ['{"liked":[3]}', "wrong shape"],
    ['{"disliked":[3]}', "wrong shape"],
    ["{}", "wrong shape"],
    ['{"Liked":[3],"disliked":[]}', "wrong shape"],
    ['{"liked":[3],"disliked":[],"why":"it is bread"}', "wrong shape"],
    ['{"liked":[3],"disliked":[],"__proto__":{}}', "wrong shape"],
    ['{"liked":[3],"disliked":[],"constructor":{}}', "wrong shape"],
    ['{"__proto__":{"liked":[3],"disliked":[]}}', "wrong shape"],
    ['{"liked":[3],"liked":[4],"disliked":[]}', "wrong shape"],
    ['{"liked":[99],"disliked":"none"}', "wrong shape"], // the shape comes before the numbers
    ['[{"liked":[3],"disliked":[]}]', "wrong shape"],
    ['{"liked":[3],"disliked":[', "not JSON"],
    ["liked: 3, disliked: none", "not JSON"],
    ["3::7", "not JSON"],
  ])("%s is refused: %s", (text, reason) => expect(reasonOf(picked, text)).toBe(reason));

  test("exactly the distinct candidates, few enough, are accepted", () => {
    const numbers = fc.array(fc.integer({ min: -1, max: 12 }), { maxLength: 3 });
    fc.assert(
      fc.property(numbers, numbers, (liked, disliked) => {
        const all = [...liked, ...disliked];
        const isRight =
          liked.length <= 2 &&
          disliked.length <= 1 &&
          all.every((number) => number >= 1 && number <= 10) &&
          new Set(all).size === all.length;
        const text = JSON.stringify({ liked, disliked });
        expect(picked.parse(text)).toEqual(
          isRight
            ? { ok: true, value: { liked, disliked } }
            : { ok: false, reason: expect.any(String) },
        );
      }),
    );
  });
});

describe("of one item", () => {
  test.each([
    ["none described", "wrong number of items", items()],
    ["two described", "wrong number of items", items(flour, flour)],
    [
      "a thousand described",
      "wrong number of items",
      items(...Array.from({ length: 1000 }, () => flour)),
    ],
    [
      "two described, one of them wrongly",
      "wrong number of items",
      items(flour, { category: "x" }),
    ],
    ["no list", "wrong shape", '{"items":{}}'],
    ["the list alone", "wrong shape", JSON.stringify([flour])],
    ["the item alone", "wrong shape", JSON.stringify(flour)],
    ["a key too many", "wrong shape", one({ brand: "Mill" })],
    ["a number of its own", "wrong shape", one({ number: 1 })],
    ["a key missing", "wrong shape", one({ audience: undefined })],
    ["null", "wrong shape", one({ purpose: null })],
    ["a number", "wrong shape", one({ purpose: 3 })],
    ["empty words", "wrong shape", one({ category: "" })],
    ["the form left as it is", "wrong shape", one({ category: "...", qualities: ["..."] })],
    ["blank words", "wrong shape", one({ category: " \t" })],
    ["81 characters", "wrong shape", one({ category: "x".repeat(81) })],
    ["a line end", "wrong shape", one({ category: "a\nb" })],
    ["an escape of terminals", "wrong shape", one({ category: "\u001B[2J" })],
    ["a null character", "wrong shape", one({ category: "a\u0000" })],
    [
      "half a character",
      "wrong shape",
      String.raw`${one({ category: "X" }).replace("X", "\\ud800")}`,
    ],
    ["words turned round", "wrong shape", one({ category: "\u202Eabc" })],
    ["no qualities", "wrong shape", one({ qualities: [] })],
    ["six qualities", "wrong shape", one({ qualities: ["a", "b", "c", "d", "e", "f"] })],
    ["qualities as one text", "wrong shape", one({ qualities: "dark" })],
    ["an empty quality", "wrong shape", one({ qualities: ["dark", ""] })],
  ])("%s is refused: %s", (_, reason, text) => {
    expect(reasonOf(itemsAnswer(1), text)).toBe(reason);
  });

  test("80 characters are accepted, and white space around words is none of them", () => {
    const read = itemsAnswer(1).parse(one({ category: `  ${"x".repeat(80)}\n` }));
    expect(read).toEqual({ ok: true, value: [{ ...flour, category: "x".repeat(80) }] });
  });

  test("the words of an item name each field; separators inside values and what says nothing are left out", () => {
    expect(wordsOfItem(flour)).toBe(
      "category: flour; purpose: baking; audience: bakers; qualities: dark",
    );
    const qualities = ["non-stick", "N/A", "5:2; large"];
    expect(wordsOfItem({ category: "a, b", purpose: "unknown", audience: ";", qualities })).toBe(
      "category: a b; qualities: non-stick, 5 2 large",
    );
  });
});

describe("of a user", () => {
  const baker = {
    interests: ["rye", "toast"],
    habits: "bakes",
    budget: "low",
    household: "couple",
  };

  test.each([
    ["another budget", { budget: "tiny" }],
    ["a budget in capitals", { budget: "Low" }],
    ["no interest", { interests: [] }],
    ["six interests", { interests: ["a", "b", "c", "d", "e", "f"] }],
    ["habits as a list", { habits: ["bakes"] }],
    ["a household of 81 characters", { household: "x".repeat(81) }],
    ["a name", { name: "Ann" }],
    ["no household", { household: undefined }],
  ])("%s has the wrong shape", (_, changes) => {
    expect(reasonOf(profileAnswer(), JSON.stringify({ ...baker, ...changes }))).toBe("wrong shape");
  });

  test("the words of a user leave out what is unknown; nothing is left where all is", () => {
    const read = profileAnswer().parse(JSON.stringify({ ...baker, budget: "unknown" }));
    expect(read.ok && wordsOfProfile(read.value)).toBe(
      "interests: rye, toast; habits: bakes; household: couple",
    );
    const unknown = { interests: ["Unknown"], habits: "none", household: "unknown" };
    expect(wordsOfProfile({ ...unknown, budget: "unknown" })).toBeUndefined();
  });
});

test("an example's answer is refused however it is spaced, in a fence too; another answer is not", () => {
  const answer = withoutEchoes(itemsAnswer(1), [items(flour)]);
  for (const echo of [items(flour), JSON.stringify({ items: [flour] }, null, 2)])
    for (const text of [echo, `\`\`\`json\n${echo}\n\`\`\``])
      expect(reasonOf(answer, text)).toBe("prompt echo");
  expect(reasonOf(answer, one({ purpose: "cooking" }))).toBe("accepted");
});

test("an example's answer is an echo also where another number of items was asked for", () => {
  expect(reasonOf(withoutEchoes(itemsAnswer(2), [items(flour)]), items(flour))).toBe("prompt echo");
});

test("whatever the answer, a refusal's reason is one of the fixed phrases", () => {
  const phrases = "not JSON|wrong shape|no candidate|named twice|too many|wrong number of items";
  const all: Answer<unknown>[] = [
    itemsAnswer(2),
    profileAnswer(),
    sequencesAnswer({ candidates: 3, liked: 1, disliked: 1 }),
  ];
  const keys = fc.constantFrom("items", "liked", "disliked", "interests", "secret", "__proto__");
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(keys, fc.jsonValue()).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      for (const answer of all)
        expect(reasonOf(answer, text)).toMatch(new RegExp(`^(?:accepted|${phrases})$`));
    }),
  );
});

const words = fc
  .stringMatching(/^[\p{L}\p{N}"\\{}':,; -]{1,80}$/u)
  .map((text) => text.trim())
  .filter((text) => text.length <= 80 && /[\p{L}\p{N}]/u.test(text));

test("what is written as JSON is read as the same: items", () => {
  const item = fc.record({
    category: words,
    purpose: words,
    audience: words,
    qualities: fc.array(words, { minLength: 1, maxLength: 5 }),
  });
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 3 }), fc.nat(2), (value, indent) => {
      const text = JSON.stringify({ items: value }, null, indent);
      expect(itemsAnswer(value.length).parse(text)).toEqual({ ok: true, value });
    }),
    { numRuns: 50 },
  );
});

test("what is written as JSON is read as the same: a profile", () => {
  const answer = profileAnswer();
  const profile = fc.record({
    interests: fc.array(words, { minLength: 1, maxLength: 5 }),
    habits: words,
    budget: fc.constantFrom("low", "medium", "high", "unknown"),
    household: words,
  });
  fc.assert(
    fc.property(profile, (value) => {
      expect(answer.parse(JSON.stringify(value))).toEqual({ ok: true, value });
    }),
  );
});

test("the JSON schema of candidates bounds their numbers and how many they are", () => {
  expect(sequencesAnswer({ candidates: 7, liked: 2, disliked: 3 }).schema).toEqual({
    type: "object",
    additionalProperties: false,
    required: ["liked", "disliked"],
    properties: {
      liked: { type: "array", maxItems: 2, items: { type: "integer", minimum: 1, maximum: 7 } },
      disliked: { type: "array", maxItems: 3, items: { type: "integer", minimum: 1, maximum: 7 } },
    },
  });
});

test("the JSON schema of items asks for as many as there are, of bounded words", () => {
  const text = { type: "string", minLength: 1, maxLength: 80 };
  expect(itemsAnswer(4).schema).toEqual({
    type: "object",
    additionalProperties: false,
    required: ["items"],
    properties: {
      items: {
        type: "array",
        minItems: 4,
        maxItems: 4,
        items: {
          type: "object",
          additionalProperties: false,
          required: ["category", "purpose", "audience", "qualities"],
          properties: {
            category: text,
            purpose: text,
            audience: text,
            qualities: { type: "array", minItems: 1, maxItems: 5, items: text },
          },
        },
      },
    },
  });
});
