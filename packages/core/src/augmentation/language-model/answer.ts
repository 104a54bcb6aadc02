import { z } from "zod";
import type { JsonSchema, Parsed } from "../services.ts";
import { readJson } from "./json-answer.ts";

/** Why answers are refused; counts are kept by these. */
export type Refusal =
  | "not JSON"
  | "wrong shape"
  | "no candidate"
  | "named twice"
  | "too many"
  | "wrong number of items"
  | "prompt echo";

/** What answers to a prompt have to look like, and how they are read. */
export interface Answer<T> {
  readonly schema: JsonSchema;
  readonly parse: (text: string) => Parsed<T>;
}

/** What is wrong where a strict reading names something better than its shape; undefined: its shape. */
export type RefusalOf = (issue: z.core.$ZodIssue) => Refusal | undefined;

/** Answers of a shape. Only the schema's own bounds go into the JSON schema; what is refined is checked here. */
export function answerOf<T>(
  shape: z.ZodType<T>,
  refusalOf: RefusalOf = () => undefined,
): Answer<T> {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io: "input" });
  return {
    schema,
    parse: (text) => {
      const read = readJson(text);
      if (!read.ok) return read;
      const result = shape.safeParse(read.value.value);
      if (result.success) return { ok: true, value: result.data };
      const refusals = result.error.issues.map((issue) => refusalOf(issue) ?? "wrong shape");
      const reason = refusals.includes("wrong shape") ? "wrong shape" : refusals[0]!;
      return { ok: false, reason };
    },
  };
}

/** Refuses the answers of the examples: a model that repeats them has not looked at what was asked. */
export function withoutEchoes<T>(answer: Answer<T>, examples: readonly string[]): Answer<T> {
  const echoes = new Set<string>();
  for (const example of examples) {
    const read = readJson(example);
    if (read.ok) echoes.add(read.value.compact);
  }
  return {
    schema: answer.schema,
    parse: (text) => {
      const read = readJson(text);
      return read.ok && echoes.has(read.value.compact)
        ? { ok: false, reason: "prompt echo" }
        : answer.parse(text);
    },
  };
}

/** Characters of a phrase at most. */
export const PHRASE = 80;

/** Also those that turn the direction of writing, with which words could be made to read as others. */
const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/** A few words on one line. */
export const phrase = z
  .string()
  .trim()
  .min(1)
  .max(PHRASE)
  .refine((text) => !CONTROL.test(text), "control characters")
  // Not the dots of a form that was to be filled in.
  .refine((text) => /[\p{L}\p{N}]/u.test(text), "no word");
