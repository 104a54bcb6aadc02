import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { catalogue } from "@atoll/core/errors";

const root = resolve(import.meta.dirname, "..");
const codes = Object.keys(catalogue).toSorted();

test("every error code is documented, and every documented code exists, with the same words", () => {
  const text = readFileSync(join(root, "docs/reference/errors.md"), "utf8");
  const documented = [...text.matchAll(/^\| `([A-Z_]+)` +\| (.+?) +\|$/gm)].map(
    ([, code, meaning]) => [code, meaning],
  );
  expect(Object.fromEntries(documented)).toEqual(
    Object.fromEntries(codes.map((code) => [code, catalogue[code as keyof typeof catalogue]])),
  );
});

test("every error code is used in the sources", () => {
  const sources = globSync("packages/*/src/**/*.ts", { cwd: root })
    .filter((path) => !/catalogue\.ts$|\.test\.ts$/.test(path))
    .map((path) => readFileSync(join(root, path), "utf8"))
    .join("\n");
  expect(codes.filter((code) => !sources.includes(`"${code}"`))).toEqual([]);
});
