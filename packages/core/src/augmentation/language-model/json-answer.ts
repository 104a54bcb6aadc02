import type { Parsed } from "../services.ts";

export interface JsonAnswer {
  readonly value: unknown;
  /** The same text without white space between tokens. */
  readonly compact: string;
}

const NOT_JSON = { ok: false, reason: "not JSON" } as const;
const WRONG_SHAPE = { ok: false, reason: "wrong shape" } as const;

const FENCED = /^```json\r?\n([\s\S]*)\n```$/;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g;
const NUMBER = /^-?\d/;
const INTEGER = /^-?(?:0|[1-9]\d*)$/;

/**
 * An answer that is one JSON object as a whole, in one ```json fence or none. Stricter than JSON.parse:
 * an object that names a key twice and a number that is not written as an integer (1.0, 1e3) are refused,
 * since JSON.parse would make of them something that the model may not have meant.
 */
export function readJson(text: string): Parsed<JsonAnswer> {
  const trimmed = text.trim();
  const body = FENCED.exec(trimmed)?.[1] ?? trimmed;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return NOT_JSON;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return WRONG_SHAPE;
  const tokens = body.match(TOKEN)!;
  const isPlain = tokens.every((token) => !NUMBER.test(token) || INTEGER.test(token));
  if (!isPlain || repeatsKey(tokens)) return WRONG_SHAPE;
  return { ok: true, value: { value, compact: tokens.join("") } };
}

/** Of tokens that are JSON. */
function repeatsKey(tokens: readonly string[]): boolean {
  const open: Set<string>[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (tokens[at + 1] === ":") {
      // "a" and "\u0061" are one key.
      const key = JSON.parse(token) as string;
      const keys = open.at(-1)!;
      if (keys.has(key)) return true;
      keys.add(key);
    }
  }
  return false;
}
