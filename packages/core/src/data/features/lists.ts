import type { ListRule } from "./declared.ts";
import { oncePer } from "./once-per.ts";

/**
 * The values of a text with several: brackets around it and blanks and quotes around each value are left
 * out, empty values are none. So "a|b", "[a, b]" (a list column of Parquet or JSON) and "['a', 'b']" with
 * their separators hold a and b.
 *
 * @example
 * splitList("[12, 7]", ",") // ["12", "7"]
 */
export function splitList(text: string, separator: string): string[] {
  const bare = text.trim().replace(/^\[(.*)\]$/s, "$1");
  return bare
    .split(separator)
    .map((value) => value.trim().replace(/^(["'])(.*)\1$/s, "$2"))
    .filter((value) => value !== "");
}

/**
 * The first text that is a list in brackets with commas, where the separator is another and stands in no
 * text at all: each list would pass for a single value.
 */
export function otherSeparator(texts: readonly string[], separator: string): string | undefined {
  return oncePer(texts, `other than ${separator}`, () => {
    const list = texts.find((text) => /^\[.*,.*\]$/s.test(text.trim()));
    const meant = list === undefined || texts.some((text) => text.includes(separator));
    return meant ? undefined : list;
  });
}

/** The values that a rule keeps. */
export function keptValues(text: string, { separator, length, keep }: ListRule): string[] {
  const values = splitList(text, separator);
  return keep === "last" ? values.slice(-length) : values.slice(0, length);
}
