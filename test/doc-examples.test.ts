import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** `call // value` lines of a file's `@example` blocks. */
function examplesOf(source: string): (readonly [call: string, value: string])[] {
  return [...source.matchAll(/@example\n \* (.+) \/\/ (.+)/g)].map(([, call, value]) => [call!, value!]);
}

const files = globSync("packages/*/src/**/*.ts", { cwd: root })
  .map((path) => ({ path, examples: examplesOf(readFileSync(join(root, path), "utf8")) }))
  .filter(({ examples }) => examples.length > 0);

describe("examples in doc comments run", () => {
  test("there are some", () => expect(files.length).toBeGreaterThan(3));

  test.each(files.flatMap(({ path, examples }) => examples.map(([call, value]) => ({ path, call, value }))))(
    "$path: $call",
    async ({ path, call, value }) => {
      const exported = (await import(pathToFileURL(join(root, path)).href)) as Record<string, unknown>;
      const names = Object.keys(exported);
      const evaluate = (code: string): unknown =>
        // The snippet sees what its own module exports, and nothing else.
        new Function(...names, `return (${code});`)(...names.map((name) => exported[name]));
      expect(evaluate(call)).toEqual(evaluate(value));
    },
  );
});
