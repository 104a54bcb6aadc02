import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { gather } from "../../scripts/results/gather.ts";
import { filesOf, missingOf, type Page } from "../../scripts/results/page.ts";
import { PAGES } from "../../scripts/results/pages.ts";

const root = join(import.meta.dirname, "..", "..");
const results = join(root, "docs", "results");

/** What the records in the repository say, without a training. */
const recorded = (page: Page) =>
  gather(page, ({ name }) => ({
    page: name,
    folder: join(root, "runs", "no-such-folder"),
    examples: join(root, "examples"),
    wanted: () => false,
    say: () => undefined,
    records: { folder: join(results, "records"), trust: true },
    signal: new AbortController().signal,
  }));

test("names are of one page and one run", () => {
  const names = PAGES.flatMap(({ name, runs }) => runs.map((run) => `${name}/${run.name}`));
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(PAGES.map(({ name }) => name)).size).toBe(PAGES.length);
});

test("the table of contents says how each page is made", async () => {
  const index = await readFile(join(results, "index.md"), "utf8");
  for (const { name } of PAGES)
    expect(index).toMatch(
      new RegExp(`\\(${name}\\.md\\) *\\| *\`npm run results -- --only ${name}\` *\\|`),
    );
});

test.for(PAGES)("the page $name says what the records say", async (page, { skip }) => {
  const finished = await recorded(page);
  const missing = missingOf(page, finished.names);
  if (missing.length > 0) skip(`no record yet of ${missing.join(", ")}`);
  for (const [name, text] of await filesOf(page, finished))
    expect(await readFile(join(results, name), "utf8"), name).toBe(text);
});
