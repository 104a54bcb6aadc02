import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { grammarSchemaOf } from "./grammar-schema.ts";

test("a short range of integers becomes a list of them, a long one any integer", () => {
  expect(grammarSchemaOf({ type: "integer", minimum: 1, maximum: 4 })).toEqual({
    enum: [1, 2, 3, 4],
  });
  expect(grammarSchemaOf({ type: "integer", exclusiveMinimum: -1, exclusiveMaximum: 2 })).toEqual({
    enum: [0, 1],
  });
  expect(grammarSchemaOf({ type: "integer", minimum: 0.5, maximum: 2.5 })).toEqual({
    enum: [1, 2],
  });
  for (const range of [{ minimum: 1 }, { maximum: 3 }, { minimum: 1, maximum: 257 }, {}])
    expect(grammarSchemaOf({ type: "integer", ...range })).toEqual({ type: "integer" });
});

test("a listed range has the integers that are within it, and no others", () => {
  const bounds = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 200 }));
  fc.assert(
    fc.property(bounds, fc.integer({ min: -300, max: 300 }), ([minimum, span], value) => {
      const maximum = minimum + span;
      const found = grammarSchemaOf({ type: "integer", minimum, maximum }) as { enum: number[] };
      expect(found.enum.includes(value)).toBe(minimum <= value && value <= maximum);
    }),
  );
});

test("an answer's schema as zod writes it", () => {
  const answer = z.strictObject({
    liked: z.array(z.int().min(1).max(3)).max(2),
    budget: z.enum(["low", "high"]),
    note: z.string().min(1).max(80),
    when: z.union([z.string().regex(/^\d+$/), z.null()]),
  });
  const { $schema: _, ...schema } = z.toJSONSchema(answer, { io: "input" });
  expect(grammarSchemaOf(schema)).toEqual({
    type: "object",
    properties: {
      liked: { type: "array", items: { enum: [1, 2, 3] }, maxItems: 2 },
      budget: { enum: ["low", "high"] },
      note: { type: "string", minLength: 1, maxLength: 80 },
      when: { oneOf: [{ type: "string" }, { type: "null" }] },
    },
    additionalProperties: false,
  });
});

test("what a grammar cannot say and what only admits more is left out", () => {
  expect(
    grammarSchemaOf({ type: "array", items: { type: "number", minimum: 0 }, uniqueItems: true }),
  ).toEqual({ type: "array", items: { type: "number" } });
  expect(grammarSchemaOf({ type: ["string", "null"], pattern: "^a" })).toEqual({
    oneOf: [{ type: "string" }, { type: "null" }],
  });
  expect(
    grammarSchemaOf({ $ref: "#/$defs/a", $defs: { a: { const: 1, description: "one" } } }),
  ).toEqual({ $ref: "#/$defs/a", $defs: { a: { const: 1 } } });
  expect(grammarSchemaOf({ type: "array", prefixItems: [{ const: "a" }], items: false })).toEqual({
    type: "array",
    prefixItems: [{ const: "a" }],
    items: false,
  });
  expect(grammarSchemaOf({ type: "object", additionalProperties: { type: "boolean" } })).toEqual({
    type: "object",
    properties: {},
    additionalProperties: { type: "boolean" },
  });
});

test("a schema that says no type is a slip of the program", () => {
  for (const schema of [{}, { allOf: [{ type: "string" }] }, { not: { type: "string" } }])
    expect(() => grammarSchemaOf(schema)).toThrow(RangeError);
});
