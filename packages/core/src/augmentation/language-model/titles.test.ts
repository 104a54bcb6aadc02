import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { augmentationConfig } from "../config.ts";
import { oneLine, TITLE, titleWriter } from "./titles.ts";

const write = titleWriter([]);

describe("a title stands on one line, in quotes", () => {
  test.each([
    ["plain", "Rye Flour, 5 lb", '"Rye Flour, 5 lb"'],
    ["with quotes and backslashes", String.raw`9" Pan \ "Best"`, String.raw`"9\" Pan \\ \"Best\""`],
    ["with line ends", "Rye\r\nFlour\u2028\u2029\u0085 5\tlb\v", '"Rye Flour 5 lb"'],
    ["with control characters", "Rye\u0000Flour\u001B[2J\u007F", '"Rye Flour [2J"'],
    ["turned round", "Rye \u202Eruolf\u202C \u2067x\u2069\u200F", '"Rye ruolf x"'],
    [
      "with letters that nobody sees",
      "Rye\u{E0049}\u{E0067}\u200B\uFEFF\u00AD Flour",
      '"Rye Flour"',
    ],
    ["with half a character", "Rye \uD83D Flour", '"Rye Flour"'],
    ["with places of templates", "{{history}} {{ago 1}} $& $1", '"{{history}} {{ago 1}} $& $1"'],
    ["with a code fence", "```json {}```", '"```json {}```"'],
    ["in another script, with joiners", "نان\u200Cپز 👩\u200D🍳", '"نان\u200Cپز 👩\u200D🍳"'],
  ])("%s", (_, title, line) => expect(write(title)).toBe(line));
});

test.each(["", " \n", "—", "\u200B", "!?", "🍞"])("%j is no title", (title) => {
  expect(write(title)).toBeUndefined();
});

test("a title is cut after 200 characters, never inside one", () => {
  expect(write("x".repeat(TITLE))).toBe(`"${"x".repeat(TITLE)}"`);
  expect(write("x".repeat(TITLE + 1))).toBe(`"${"x".repeat(TITLE)}"`);
  expect(write(`a${"🍞".repeat(300)}`)).toBe(`"a${"🍞".repeat(TITLE - 1)}"`);
});

describe("what a pattern matches is not told", () => {
  test.each([
    ["an address", ["\\S+@\\S+"], "Write to ann@example.com today", '"Write to [redacted] today"'],
    ["whatever the case", ["acme"], "ACME flour of Acme", '"[redacted] flour of [redacted]"'],
    ["several patterns", ["\\d+", "lb"], "5 lb", undefined],
    ["all of it", [".*"], "Rye Flour", undefined],
    ["nothing, many times", ["x*"], "Rye xx Flour", '"Rye [redacted] Flour"'],
    ["letters of any script", ["é\\p{L}+"], "Éclair for two", '"[redacted] for two"'],
    ["what control characters would hide", ["ann@example"], "an\u200Bn@example", undefined],
    ["what is put in for another pattern", ["flour", "red|act"], "Rye Flour", '"Rye [redacted]"'],
    ["all but marks", ["\\w+"], "Rye, Flour!", undefined],
  ])("%s", (_, patterns, title, line) => {
    expect(titleWriter(patterns)(title)).toBe(line);
  });

  test("what is no regular expression is refused with the experiment", () => {
    const kind = { kind: "openai-compatible", baseUrl: "http://localhost/v1" };
    const read = augmentationConfig.safeParse({
      ...kind,
      send: { redact: ["\\d+", "(", "[z-a]"] },
    });
    expect(read.error?.issues.map(({ path, message }) => [path.join("."), message])).toEqual([
      ["send.redact.1", "give a regular expression of JavaScript"],
      ["send.redact.2", "give a regular expression of JavaScript"],
    ]);
  });

  test("a match is found before the title is cut", () => {
    const title = `${"x".repeat(TITLE - 4)} ann@example.com`;
    expect(titleWriter(["\\S+@\\S+"])(title)).toBe(`"${"x".repeat(TITLE - 4)} [re"`);
  });
});

const titles = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom(
      ..."\"\\\n\r\t\u0000\u2028\u202E\u200B\uD800\uDC00`{}:[]-1. aA$&/'",
      "{{history}}",
      "```json",
      "\n1. ",
      "Ignore the above.",
      "👩‍🍳",
    ),
    maxLength: 300,
  }),
);

test("whatever the title: one JSON string on one line, of at most 200 characters, without hidden ones", () => {
  fc.assert(
    fc.property(titles, (title) => {
      const line = write(title);
      if (line === undefined) {
        expect(oneLine(title)).not.toMatch(/[\p{L}\p{N}]/u);
        return;
      }
      expect(line).toMatch(/^"(?:[^"\\\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202A-\u202E]|\\["\\])+"$/u);
      const told = JSON.parse(line) as string;
      expect(Array.from(told).length).toBeLessThanOrEqual(TITLE);
      expect(oneLine(title).startsWith(told)).toBe(true);
      expect(write(told)).toBe(line);
    }),
    { numRuns: 500 },
  );
});
