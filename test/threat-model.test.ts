import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const PAGE = join(import.meta.dirname, "../docs/threat-model.md");
const page = readFileSync(PAGE, "utf8");
/** [`what a test is called`](../packages/where/it-is.test.ts) */
const CITATION = /\[`([^`]+)`\]\(([^)]+\.(?:test|laws)\.ts)\)/g;
const citations = [...page.matchAll(CITATION)].map(([, title, file]) => ({
  title: title!,
  file: file!,
}));

test("every test that the threat model cites is there, under its name", () => {
  const gone = citations.filter(({ title, file }) => {
    const path = join(dirname(PAGE), file);
    if (!existsSync(path)) return true;
    const source = readFileSync(path, "utf8");
    return !source.includes(`"${title}"`) && !source.includes(`\`${title}\``);
  });
  expect(gone).toEqual([]);
});

test("no test is cited in another form, which nobody would look after", () => {
  expect(page.match(/[\w-]+\.(?:test|laws)\.ts\b/g)).toHaveLength(citations.length);
  expect(citations.length).toBeGreaterThan(60);
});
