import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readJson } from "./json-answer.ts";

const reasonOf = (text: string) => {
  const read = readJson(text);
  return read.ok ? "accepted" : read.reason;
};

describe("a whole answer is one JSON object, bare or in one json fence", () => {
  test.each([
    ["bare", '{"a":1}'],
    ["with white space around", ' \n\t{"a": 1 }\r\n '],
    ["after a byte order mark", '\uFEFF{"a":1}'],
    ["in a fence", '```json\n{"a":1}\n```'],
    ["in a fence with other line ends", '```json\r\n{"a":1}\r\n```\r\n'],
    ["pretty", '{\n  "a": 1\n}'],
  ])("%s", (_, text) => {
    expect(readJson(text)).toEqual({ ok: true, value: { value: { a: 1 }, compact: '{"a":1}' } });
  });
});

test.each([
  ["nothing", ""],
  ["white space", " \n"],
  ["words", "I cannot help with that."],
  ["words before", 'Sure! {"a":1}'],
  ["words after", '{"a":1} I hope this helps.'],
  ["two objects", '{"a":1}{"a":1}'],
  ["an object a line", '{"a":1}\n{"a":2}'],
  ["cut off in a value", '{"a":[1,'],
  ["cut off in a string", '{"a":"fl'],
  ["cut off before the end", '{"a":1'],
  ["an unfinished fence", '```json\n{"a":1}'],
  ["a fence without a language", '```\n{"a":1}\n```'],
  ["a fence of another language", '```javascript\n{"a":1}\n```'],
  ["a fence in a fence", '```json\n```json\n{"a":1}\n```\n```'],
  ["two fences", '```json\n{"a":1}\n```\n```json\n{"a":1}\n```'],
  ["words after a fence", '```json\n{"a":1}\n```\nDone.'],
  ["a fence on one line", '```json{"a":1}```'],
  ["single quotes", "{'a':1}"],
  ["keys without quotes", "{a:1}"],
  ["a comma at the end", '{"a":1,}'],
  ["a comment", '{"a":1} // one'],
  ["NaN", '{"a":NaN}'],
  ["Infinity", '{"a":-Infinity}'],
  ["a number with a leading zero", '{"a":01}'],
  ["a number with a plus", '{"a":+1}'],
  ["a hexadecimal number", '{"a":0x1}'],
  ["a bare line end in a string", '{"a":"x\ny"}'],
  ["a bad escape", String.raw`{"a":"\x41"}`],
  ["undefined", "undefined"],
  ["markup", "<json>{}</json>"],
  ["smart quotes", "{“a”:1}"],
])("%s is not JSON", (_, text) => expect(reasonOf(text)).toBe("not JSON"));

test.each([
  ["null", "null"],
  ["a list", '[{"a":1}]'],
  ["a string", '"{}"'],
  ["a number", "1"],
  ["1.0", '{"a":1.0}'],
  ["1e0", '{"a":1e0}'],
  ["1E+2", '{"a":[1E+2]}'],
  ["0.5", '{"a":[0.5]}'],
  ["-0.0", '{"a":-0.0}'],
  ["a key twice", '{"a":1,"a":1}'],
  ["a key twice, once escaped", String.raw`{"a":1,"\u0061":2}`],
  ["a key twice further in", '{"a":[{"b":1,"c":2,"b":3}]}'],
])("%s has the wrong shape", (_, text) => expect(reasonOf(text)).toBe("wrong shape"));

test("a key may come again in another object, and as a value", () => {
  expect(reasonOf('{"a":{"a":[{"a":"a"},{"a":"a"}]},"b":"a"}')).toBe("accepted");
});

test("what looks like a number or a key twice inside a string is a string", () => {
  expect(reasonOf(String.raw`{"a":"1.5, \"a\":2, \"a\":{","b":"\\"}`)).toBe("accepted");
});

test("an answer of a mebibyte, or nested a hundred thousand deep, is read or refused, not crashed on", () => {
  expect(reasonOf(`{"a":"${"x\\n".repeat(330_000)}"}`)).toBe("accepted");
  expect(reasonOf(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)).toBe("wrong shape");
  expect(reasonOf(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`)).toBe("accepted");
});

test("the same as JSON.parse for any object whose numbers are integers, and compact is its canonical text", () => {
  const integers = fc.maxSafeInteger().map((value) => value + 0);
  const leaf = fc.oneof(fc.string(), integers, fc.boolean(), fc.constant(null));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie("tree"), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), tree), fc.nat(4), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(readJson(text)).toEqual({
        ok: true,
        value: { value: JSON.parse(text), compact: JSON.stringify(JSON.parse(text)) },
      });
    }),
  );
});
