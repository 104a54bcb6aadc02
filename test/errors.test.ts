import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { catalogue, errorFamilies } from "@atoll/core/errors";

const root = resolve(import.meta.dirname, "..");
const codes = Object.keys(catalogue);
const sources = globSync("packages/*/src/**/*.ts", { cwd: root })
  .filter((path) => !/errors\/families\/|\.(test|laws|fixture)\.ts$/.test(path))
  .map((path) => readFileSync(join(root, path), "utf8"))
  .join("\n");

/** Codes that the sources give to an error: those passed on, compared or listed are none. */
const given = new Set(
  [
    ...sources.matchAll(/(?:new AtollError|refused)\(\s*"([A-Z_]+)"/g),
    ...sources.matchAll(/\b(?:code|MALFORMED)(?::| =) "([A-Z]+(?:_[A-Z]+)*)"/g),
  ].map(([, code]) => code!),
);

test("every error code of the catalogue is thrown", () => {
  expect(codes.filter((code) => !given.has(code))).toEqual([]);
});

test("every code that is thrown is in the catalogue, or the system's own", () => {
  const system = /^E[A-Z]+$/;
  expect([...given].filter((code) => !(code in catalogue) && !system.test(code))).toEqual([]);
});

test("no two families have a code in common", () => {
  expect(errorFamilies.flatMap(({ codes: own }) => Object.keys(own)).toSorted()).toEqual(
    codes.toSorted(),
  );
});

test("within a family codes are in order", () => {
  for (const { codes: own } of errorFamilies)
    expect(Object.keys(own)).toEqual(Object.keys(own).toSorted());
});

test("a clause says what each code means, a sentence what to do", () => {
  const entries = Object.entries(catalogue);
  expect(entries.filter(([, { meaning }]) => !/^\S[^\n]*[^.\n]$/.test(meaning))).toEqual([]);
  expect(entries.filter(([, { wayOut }]) => !/^[A-Z][^\n]*[^.]\.$/.test(wayOut))).toEqual([]);
});

test("ways out name settings that there are", () => {
  const page = readFileSync(join(root, "docs/reference/generated/experiment.md"), "utf8");
  const named = Object.values(catalogue).flatMap(({ wayOut }) =>
    [...wayOut.matchAll(/`((?:augmentation|data|negatives|split)\.[\w.]+)/g)].map(
      ([, path]) => path!,
    ),
  );
  expect(named.length).toBeGreaterThan(10);
  const unknown = named.filter((path) => !path.endsWith(".kind") && !page.includes(`\`${path}`));
  expect(unknown).toEqual([]);
});
