import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** `call // value` lines of a file's `@example` blocks. */
function examplesOf(source: string): (readonly [call: string, value: string])[] {
  return [...source.matchAll(/@example\n \* (.+) \/\/ (.+)/g)].map(([, call, value]) => [
    call!,
    value!,
  ]);
}

const files = globSync("packages/*/src/**/*.ts", { cwd: root })
  .map((path) => ({ path, examples: examplesOf(readFileSync(join(root, path), "utf8")) }))
  .filter(({ examples }) => examples.length > 0);

describe("examples in doc comments run", () => {
  test("there are some", () => expect(files.length).toBeGreaterThan(3));

  test.each(
    files.flatMap(({ path, examples }) => examples.map(([call, value]) => ({ path, call, value }))),
  )("$path: $call", async ({ path, call, value }) => {
    const exported = (await import(pathToFileURL(join(root, path)).href)) as Record<
      string,
      unknown
    >;
    // The snippet sees what its own module exports, and nothing else.
    const evaluate = (code: string): unknown => runInNewContext(`(${code})`, { ...exported });
    // Values of another context have other prototypes: they are compared as JSON.
    expect(JSON.stringify(evaluate(call))).toBe(JSON.stringify(evaluate(value)));
  });
});
