import { readFileSync } from "node:fs";
import { join } from "node:path";
import { methods } from "@atoll/core/methods";
import { expect, test } from "vitest";

const page = readFileSync(
  join(import.meta.dirname, "..", "docs", "reference", "methods.md"),
  "utf8",
);

/** Kind, summary and settings of every row. */
const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` +\| (.+?) +\| (.+?) +\|$/gm)].map(
  ([, kind, summary, settings]) => ({ kind: kind!, summary: summary!, settings: settings! }),
);

test("docs/reference/methods.md lists every method once, as the registry sums it up", () => {
  expect(Object.fromEntries(rows.map(({ kind, summary }) => [kind, summary]))).toEqual(
    Object.fromEntries(Object.entries(methods).map(([kind, { summary }]) => [kind, summary])),
  );
  expect(rows).toHaveLength(Object.keys(methods).length);
});

test("it lists every setting with its default, or has a page for them", () => {
  for (const { kind, settings } of rows) {
    if (/\]\([a-z-]+\.md\)/.test(settings)) continue;
    const { config } = methods[kind as keyof typeof methods];
    const defaults = config.parse({ kind }) as unknown as Readonly<Record<string, unknown>>;
    const expected = Object.keys(config.shape)
      .filter((name) => name !== "kind")
      .map((name) =>
        defaults[name] === undefined ? `\`${name}\`` : `\`${name}\` (${String(defaults[name])})`,
      );
    expect(settings, kind).toBe(expected.join(", ") || "none");
  }
});
