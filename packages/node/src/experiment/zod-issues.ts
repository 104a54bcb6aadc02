import type { z } from "zod";
import { nearest } from "@atoll/core/errors";

export type Path = readonly (string | number)[];

/** A problem before it is known where in the file it stands. */
export interface PathIssue {
  readonly path: Path;
  readonly message: string;
  /** The key itself is at fault, not its value. */
  readonly atKey?: boolean;
}

/** The value as a person would write it, cut short. */
export function shown(value: unknown): string {
  const text = value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

/** The branch of a union that was meant: the one that got furthest, judged by its issues. */
function meantBranch(
  branches: readonly (readonly z.core.$ZodIssue[])[],
  value: unknown,
): readonly z.core.$ZodIssue[] {
  const isObject = typeof value === "object" && value !== null;
  const rank = (issues: readonly z.core.$ZodIssue[]) => {
    // A branch that refuses the value's very type was not meant.
    const wrongType = issues.some(
      (issue) => issue.path.length === 0 && issue.code !== "unrecognized_keys",
    );
    return (wrongType ? 1000 : 0) + issues.length;
  };
  const sorted = branches.toSorted((a, b) => rank(a) - rank(b));
  return isObject
    ? sorted[0]!
    : (branches.find((issues) => issues[0]?.code === "invalid_value") ?? sorted[0]!);
}

/** Zod's issues as sentences with the value received and the way out. `keysOf` lists keys known at a path. */
export function translate(
  issues: readonly z.core.$ZodIssue[],
  root: unknown,
  keysOf: (path: Path) => readonly string[],
  base: Path = [],
): PathIssue[] {
  return issues.flatMap((issue): PathIssue[] => {
    const path = [...base, ...(issue.path as Path)];
    const value = valueAt(root, path);
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.keys.map((key) => {
          const known = keysOf(path);
          const meant = nearest(key, known);
          const way = meant
            ? `did you mean "${meant}"?`
            : known.length > 0
              ? `known here: ${known.join(", ")}`
              : "remove it";
          return { path: [...path, key], message: `unknown key; ${way}`, atKey: true };
        });
      case "invalid_union": {
        const branches = issue.errors;
        if (branches.length === 0) {
          const options = (issue as { options?: readonly unknown[] }).options ?? [];
          const key = (issue as { discriminator?: string }).discriminator;
          const given = key === undefined || path.at(-1) === key ? value : valueAt(value, [key]);
          const names = options.map(String);
          const meant = typeof given === "string" ? nearest(given, names) : undefined;
          return [
            {
              path: key === undefined || path.at(-1) === key ? path : [...path, key],
              message: `${shown(given)} is not one of ${names.join(", ")}${meant ? `; did you mean "${meant}"?` : ""}`,
            },
          ];
        }
        return translate(meantBranch(branches, value), root, keysOf, path);
      }
      case "invalid_type":
        return [
          {
            path,
            message:
              value === undefined
                ? `is missing; give ${article(issue.expected)}`
                : `${shown(value)} is not ${article(issue.expected)}`,
          },
        ];
      case "invalid_value": {
        const names = issue.values.map(String);
        const meant = typeof value === "string" ? nearest(value, names) : undefined;
        return [
          {
            path,
            message: `${value === undefined ? "is missing; give one of" : `${shown(value)} is not one of`} ${names.join(", ")}${meant ? `; did you mean "${meant}"?` : ""}`,
          },
        ];
      }
      case "too_small":
        return [
          {
            path,
            message: `${shown(value)} is too small; give ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${measureOf(issue.origin)}`,
          },
        ];
      case "too_big":
        return [
          {
            path,
            message: `${shown(value)} is too large; give ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}${measureOf(issue.origin)}`,
          },
        ];
      case "custom":
      case "invalid_element":
      case "invalid_format":
      case "invalid_key":
      case "not_multiple_of":
        return [{ path, message: `${shown(value)}: ${issue.message}` }];
    }
  });
}

function measureOf(origin: string): string {
  if (origin === "string") return " character(s)";
  return origin === "array" ? " entries" : "";
}

function article(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    string: "a text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    array: "a list",
    object: "a block of settings",
    record: "a block of named entries",
  };
  return names[expected] ?? expected;
}
