import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  crossDomainConfig,
  scenariosConfig,
  syntheticConfig,
  syntheticWorld,
  worldClients,
  type RawTable,
} from "@atoll/core/data";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { parseExperiment, readExperiment } from "../experiment/index.ts";
import { readTable } from "../sources/index.ts";
import { splitFiles } from "./split-files.ts";
import { synthFiles } from "./synth-files.ts";
import { csvLines } from "./table-lines.ts";
import { writeTable } from "./write-table.ts";

const folders: string[] = [];
async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "atoll-datasets-"));
  folders.push(path);
  return path;
}
afterAll(async () => {
  for (const path of folders) await rm(path, { recursive: true, force: true });
});
const signal = new AbortController().signal;
const world = syntheticConfig.parse({
  kind: "synthetic",
  markets: { north: { rows: 400 }, south: { rows: 200 } },
});

const linesOf = async (path: string) =>
  gunzipSync(await readFile(path))
    .toString("utf8")
    .trimEnd()
    .split("\n");

test("a written table is read as it was: quotes, commas, line ends, blanks, empty and missing texts", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          fc.option(fc.constantFrom("a", "", " b ", 'c"d', "e,f", "g\nh", "ü", '""'), {
            nil: null,
          }),
          fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null }),
        ),
        { minLength: 1, maxLength: 20 },
      ),
      async (rows) => {
        const values = [...new Set(rows.flatMap(([text]) => (text === null ? [] : [text])))];
        const table: RawTable = {
          numRows: rows.length,
          columns: {
            text: {
              kind: "text",
              codes: Int32Array.from(rows, ([text]) => (text === null ? -1 : values.indexOf(text))),
              values,
            },
            number: {
              kind: "number",
              values: Float64Array.from(rows, ([, number]) => number ?? NaN),
            },
            // A line of nothing but missing values is an empty line, which readers skip.
            row: { kind: "number", values: Float64Array.from(rows.keys()) },
          },
        };
        const path = join(await folder(), "table.csv.gz");
        await writeTable(path, table, rows.keys());
        const read = await readTable(
          { path, header: true },
          {
            client: "x",
            columns: [
              { name: "text", as: "text" },
              { name: "number", as: "number" },
            ],
          },
        );
        const text = read.columns["text"] as { codes: Int32Array; values: readonly string[] };
        expect(Array.from(text.codes, (code) => text.values[code] ?? null)).toEqual(
          rows.map(([value]) => (value === "" ? null : value)),
        );
        const number = read.columns["number"] as { values: Float64Array };
        rows.forEach(([, value], row) => {
          // -0 is written as 0.
          if (value === null) expect(number.values[row]).toBeNaN();
          else expect(number.values[row]! + 0).toBe(value + 0);
        });
      },
    ),
    { numRuns: 15 },
  );
});

test("long tables come in pieces", () => {
  const table: RawTable = {
    numRows: 300_000,
    columns: { n: { kind: "number", values: Float64Array.from({ length: 300_000 }, (_, i) => i) } },
  };
  const pieces = [
    ...csvLines(
      table,
      Array.from({ length: 300_000 }, (_, i) => i),
    ),
  ];
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.join("").split("\n")).toHaveLength(300_002);
});

test("a written world is the world, with its true probabilities, and an experiment that reads it", async () => {
  const directory = await folder();
  const written = await synthFiles(world, directory, signal);
  expect(written.map(({ client, rows }) => [client, rows])).toEqual([
    ["north", 400],
    ["south", 200],
  ]);
  const [north] = syntheticWorld(world);
  const lines = await linesOf(join(directory, "north.csv.gz"));
  const header = lines[0]!.split(",");
  const truth = north!.table.columns["trueProbability"] as { values: Float64Array };
  const column = header.indexOf("trueProbability");
  expect(lines.slice(1).map((line) => Number(line.split(",")[column]))).toEqual([...truth.values]);
  const experiment = await readExperiment(join(directory, "experiment.yaml"));
  // The truth must not be a feature.
  expect(JSON.stringify(experiment)).not.toContain('"trueProbability"');
});

test("a written world of choices is read as one: positives, and items that all markets know", async () => {
  const directory = await folder();
  const choices = syntheticConfig.parse({
    ...world,
    feedback: "implicit",
    taste: { observable: 0 },
    catalogue: { items: 40, share: 0.5 },
    titles: { words: 2 },
  });
  await synthFiles(choices, directory, signal);
  const [header, ...rows] = await linesOf(join(directory, "north.csv.gz"));
  expect(header).toBe("user,item,time,title");
  expect(rows).toHaveLength(400);
  const { data } = await readExperiment(join(directory, "experiment.yaml"));
  if (data.kind !== "files") throw new Error("it reads files");
  expect([data.feedback, data.columns.label, data.common]).toEqual([
    "implicit",
    undefined,
    ["item", "title"],
  ]);
});

test("a written world of scenarios has the truth of both tasks, and no number where a sale is not known", async () => {
  const directory = await folder();
  const scenarios = scenariosConfig.parse({
    kind: "scenarios",
    scenarios: { home: { rows: 120 }, cart: { rows: 60, tasks: ["click"] } },
    ids: { fields: 1, values: 9 },
  });
  await synthFiles(scenarios, directory, signal);
  const [header, ...rows] = await linesOf(join(directory, "cart.csv.gz"));
  const columns = header!.split(",");
  expect(columns.slice(-5)).toEqual(["id0", "click", "sale", "trueClick", "trueSale"]);
  const [, cart] = worldClients(scenarios);
  for (const name of ["x4", "trueSale"]) {
    const column = cart!.table.columns[name] as { values: Float64Array };
    expect(rows.map((row) => Number(row.split(",")[columns.indexOf(name)]))).toEqual([
      ...column.values,
    ]);
  }
  expect(rows.every((row) => row.split(",")[columns.indexOf("sale")] === "")).toBe(true);
  const { data, model } = await readExperiment(join(directory, "experiment.yaml"));
  if (data.kind !== "files") throw new Error("it reads files");
  expect([data.columns.labels, data.common, model.kind]).toEqual([
    { click: "click", sale: "sale" },
    ["id0"],
    "mmoe",
  ]);
  expect(JSON.stringify(data)).not.toContain('"trueSale"');
});

test("a written world of domains is read as one: users of all domains, public texts, and the part of every event", async () => {
  const directory = await folder();
  const domains = crossDomainConfig.parse({
    kind: "cross-domain",
    users: 40,
    domains: { games: { items: 60 }, toys: { items: 60 } },
    titles: { words: 2 },
  });
  const written = await synthFiles(domains, directory, signal);
  const [header, ...rows] = await linesOf(join(directory, "games.csv.gz"));
  expect(header).toBe("user,item,time,title,part");
  const [games, toys] = worldClients(domains);
  expect(rows).toHaveLength(games!.table.numRows);
  expect(written.map(({ rows: count }) => count)).toEqual([
    games!.table.numRows,
    toys!.table.numRows,
  ]);
  const { data, split } = await readExperiment(join(directory, "experiment.yaml"));
  if (data.kind !== "files") throw new Error("it reads files");
  expect([data.feedback, data.columns.text, data.columns.timeUnit, data.common]).toEqual([
    "implicit",
    "title",
    "milliseconds",
    ["user"],
  ]);
  expect(split).toMatchObject({ kind: "given", column: "part" });
});

test("split files hold every row once, as a run with that seed splits them", async () => {
  const directory = await folder();
  const experiment = parseExperiment(
    `data: { kind: synthetic, markets: { north: { rows: 400 }, south: { rows: 200 } } }
split: { kind: random, valid: 0.1, test: 0.2 }
methods: [local]
`,
    "x.yaml",
  );
  const write = (seed: number, to: string) =>
    splitFiles(experiment, {
      experimentDirectory: directory,
      directory: join(directory, to),
      seed,
      onEvent: () => {},
      signal,
    });
  const [one, again, other] = [await write(1, "a"), await write(1, "b"), await write(2, "c")];
  expect(one.map(({ files }) => [files.train.rows, files.valid.rows, files.test.rows])).toEqual([
    [280, 40, 80],
    [140, 20, 40],
  ]);
  expect(again).toEqual(one);
  const rowsOf = async (run: string, part: string) =>
    (await linesOf(join(directory, run, `north/${part}.csv.gz`))).slice(1);
  const [train, valid, tested] = await Promise.all(
    ["train", "valid", "test"].map((part) => rowsOf("a", part)),
  );
  const whole = [
    ...csvLines(
      syntheticWorld(world)[0]!.table,
      Array.from({ length: 400 }, (_, i) => i),
    ),
  ];
  expect([...train!, ...valid!, ...tested!].toSorted()).toEqual(
    whole.join("").trimEnd().split("\n").slice(1).toSorted(),
  );
  expect(await rowsOf("b", "test")).toEqual(tested);
  expect(await rowsOf("c", "test")).not.toEqual(tested);
  expect(other).toHaveLength(2);
  const manifest = JSON.parse(await readFile(join(directory, "a/split.json"), "utf8")) as {
    seed: number;
  };
  expect(manifest.seed).toBe(1);
  expect((await readdir(join(directory, "a"))).toSorted()).toEqual([
    "north",
    "south",
    "split.json",
  ]);
});
