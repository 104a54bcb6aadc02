import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ran } from "../cli.fixture.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-prepare-"));
  const rows = Array.from({ length: 200 }, (_, i) => `u${i % 7},i${i % 11},${i % 3 === 0 ? 1 : 0}`);
  await writeFile(join(folder, "north.csv"), `user,item,click\n${rows.join("\n")}\n`);
  await writeFile(join(folder, "countries.csv"), "user,country\nu0,de\nu1,at\n");
  await writeFile(
    join(folder, "experiment.yaml"),
    `
data:
  kind: files
  feedback: explicit
  columns: { user: user, item: item, label: click }
  clients:
    north: { path: "nor*.csv" }
    south:
      query: SELECT user, item, click FROM rows JOIN countries USING (user) WHERE country = 'at'
      tables: { rows: { path: north.csv }, countries: { path: countries.csv } }
split: { kind: random, valid: 0.2, test: 0.2 }
methods: [popularity]
`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command at a clock that stands still. */
async function atoll(...words: string[]) {
  const { stdout, ...rest } = await ran(folder, words, () => new Date(0));
  return { stdout: stdout.trimEnd(), ...rest };
}

test("prepare reads every client once; the second time all come from the cache", async () => {
  expect((await atoll("data", "prepare", "experiment.yaml")).stdout).toMatchInlineSnapshot(`
    "read north: 200 rows (1 of 2)
    read south: 29 rows (2 of 2)
    client  rows  columns     disk  rows/s        most values
    north    200        3  2.1 KiB          read  item (11), user (7)
    south     29        3    411 B          read  item (11), user (1)

    Cache    FOLDER/.atoll/cache"
  `);
  expect((await atoll("data", "prepare", "experiment.yaml", "--quiet")).stdout)
    .toMatchInlineSnapshot(`
    "client  rows  columns     disk  rows/s                  most values
    north    200        3  2.1 KiB          from the cache  item (11), user (7)
    south     29        3    411 B          from the cache  item (11), user (1)

    Cache    FOLDER/.atoll/cache"
  `);
  const { stdout } = await atoll("data", "prepare", "experiment.yaml", "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    tables: [
      { client: "north", rows: 200, origin: "cache" },
      // Every seventh row is of u1: 29 of 200.
      { client: "south", rows: 29, origin: "cache", columns: [{ numValues: 1 }, {}, {}] },
    ],
  });
});

test("a client with both path and query is told where it stands", async () => {
  const { exitCode, stderr } = await atoll(
    "data",
    "prepare",
    "experiment.yaml",
    "--set",
    "data.clients.south.path=north.csv",
  );
  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    "data.clients.south: has both path and query; keep path, or move it into tables",
  );
});

test("synthetic data have nothing to prepare", async () => {
  await writeFile(
    join(folder, "synthetic.yaml"),
    "data: { kind: synthetic, markets: { a: { rows: 600 } } }\nsplit: { kind: random, valid: 0.2, test: 0.2 }\nmethods: [popularity]\n",
  );
  const { exitCode, stderr } = await atoll("data", "prepare", "synthetic.yaml");
  expect(exitCode).toBe(2);
  expect(stderr).toContain("there is nothing to read");
});

test("inspect takes a query over tables", async () => {
  const words = ["--table", "rows=north.csv", "--table", "countries=countries.csv"];
  const { stdout } = await atoll(
    "data",
    "inspect",
    "--query",
    "SELECT country, CAST(click AS INTEGER) AS click FROM rows JOIN countries USING (user)",
    ...words,
  );
  // u0 has rows 0, 7, ... (29 of 200), u1 has as many.
  expect(stdout).toMatch(/^query\nquery, 58 rows, 2 columns/);
  expect(stdout).toMatch(/country +text +0 +2 +at +de/);
  expect((await atoll("data", "inspect")).exitCode).toBe(2);
});
