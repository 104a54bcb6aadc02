import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import type { RawTable } from "@atoll/core/data";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jobOf } from "../augmentation/index.ts";
import { parseOverride, readExperiment } from "../experiment/index.ts";
import { planOf } from "./plan.ts";
import { readTables } from "./prepare.ts";

const root = resolve(import.meta.dirname, "../../../..");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-cross-domain-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The tables of an example by client, read past the cache beside it; undefined where the data are absent. */
async function tablesOf(
  path: string,
  queryOf = (query: string) => query,
): Promise<ReadonlyMap<string, RawTable> | undefined> {
  const experiment = await readExperiment(join(root, path));
  if (experiment.data.kind !== "files") throw new Error("the example reads files");
  const directory = resolve(root, dirname(path), experiment.data.directory);
  if (!existsSync(directory)) return undefined;
  const clients = Object.fromEntries(
    Object.entries(experiment.data.clients).map(([client, source]) => [
      client,
      source.query === undefined ? source : { ...source, query: queryOf(source.query) },
    ]),
  );
  const data = { ...experiment.data, directory, clients };
  const { signal } = new AbortController();
  const tables = await readTables({ ...experiment, data }, folder, () => {}, signal);
  return new Map(tables.map(({ client, rows }) => [client, rows as RawTable]));
}

function textOf({ columns }: RawTable, name: string): (string | undefined)[] {
  const column = columns[name]!;
  if (column.kind !== "text") throw new Error(`${name} holds numbers`);
  return Array.from(column.codes, (code) => column.values[code]);
}

const count = (values: readonly unknown[], wanted: unknown) =>
  values.filter((value) => value === wanted).length;

test("Food-Kitchen holds out what ABXI holds out, with the titles that there are (skipped where it is absent)", async ({
  skip,
}) => {
  const tables = await tablesOf("examples/fedcctr-food-kitchen.yaml");
  if (tables === undefined) return skip("the dataset is absent");
  const seen = new Map<string, string>();
  for (const [client, items, titled, tested] of [
    ["food", 11_837, 7601, 2419],
    ["kitchen", 16_258, 15_756, 4725],
  ] as const) {
    const table = tables.get(client)!;
    const [user, item, part] = ["user", "item", "part"].map((name) => textOf(table, name));
    const titleOf = new Map(textOf(table, "title").map((title, row) => [item![row], title]));
    expect([titleOf.size, [...titleOf.values()].filter((title) => title).length]).toEqual([
      items,
      titled,
    ]);
    expect(count(part!, "test")).toBe(tested);
    part!.forEach((name, row) => {
      if (name !== "train") seen.set(`${user![row]} ${name}`, item![row]!);
    });
  }
  // The published file, line by line: the user, then item|time from the oldest on.
  const file = join(root, "../shared/data/amazon-food-kitchen/abxi/afk_50_preprocessed.txt.gz");
  const lines = gunzipSync(await readFile(file))
    .toString()
    .trim()
    .split("\n");
  expect(lines).toHaveLength(7144);
  const expected = lines.flatMap((line) => {
    const [user, ...events] = line.trim().split(" ");
    const item = (event: string | undefined) => event!.split("|")[0]!;
    return [
      [`${user} test`, item(events.at(-1))],
      [`${user} valid`, item(events.at(-2))],
    ] as const;
  });
  expect(seen).toEqual(new Map(expected));
});

test("full ranking is of the same rows", async () => {
  const [sampled, full] = await Promise.all(
    ["fedcctr-food-kitchen", "fedcctr/food-kitchen-full-ranking"].map((name) =>
      readExperiment(join(root, `examples/${name}.yaml`)),
    ),
  );
  const directory = "../../../shared/data/amazon-food-kitchen";
  expect(full!.data).toEqual({ ...sampled!.data, directory });
  expect(full!.split).toEqual(sampled!.split);
  expect(full!.negatives?.evaluation.count).toBe("all");
});

test("augmentation is measured on the same rows, and a server's language model takes the place of titles", async () => {
  const path = (name: string) => join(root, `examples/${name}.yaml`);
  const sampled = await readExperiment(path("fedcctr-food-kitchen"));
  const augmented = await readExperiment(path("augment-food-kitchen"));
  for (const part of ["data", "split", "negatives", "evaluation", "federation", "seeds"] as const)
    expect(augmented[part]).toEqual(sampled[part]);
  const kinds = (experiment: typeof augmented) =>
    planOf(experiment).methods.map((method) => [method.entry.name, jobOf(method)?.settings.kind]);
  expect(kinds(augmented)).toEqual([
    ["recency+title", undefined],
    ["plain", undefined],
    ["augmented", "heuristic"],
    ["random", "random"],
  ]);
  const overrides = ["kind=openai-compatible", "baseUrl=http://127.0.0.1:11434/v1"];
  const asking = await readExperiment(
    path("augment-food-kitchen"),
    overrides.map((setting) => parseOverride(`augmentation.${setting}`)),
  );
  expect(kinds(asking)[2]).toEqual(["augmented", "openai-compatible"]);
});

test.for<[string, number, Record<string, number>]>([
  ["amazon-game-toy", 7996, { game: 82_871, toy: 114_487 }],
  // 148,205 events in all.
  ["amazon-movie-book", 15_352, { movie: 73_576, book: 74_629 }],
])(
  "%s tests every user once (skipped where it is absent)",
  async ([name, users, rows], { skip }) => {
    const tables = await tablesOf(`examples/fedcctr/${name}.yaml`);
    if (tables === undefined) return skip("the dataset is absent");
    const found = Object.fromEntries([...tables].map(([client, { numRows }]) => [client, numRows]));
    expect(found).toEqual(rows);
    const all = (column: string) => [...tables.values()].flatMap((table) => textOf(table, column));
    const part = all("part");
    const user = all("user");
    for (const held of ["test", "valid"]) {
      expect(new Set(user.filter((_, row) => part[row] === held)).size).toBe(users);
      expect(count(part, held)).toBe(users);
    }
  },
);

test("MovieLens 1M tests the last film of every user, which is of one domain (skipped where it is absent)", async ({
  skip,
}) => {
  const heldOut = (query: string) => `SELECT * FROM (${query}) WHERE part <> 'train'`;
  const tables = await tablesOf("examples/augmentation/movielens-1m.yaml", heldOut);
  if (tables === undefined) return skip("the dataset is absent");
  const seen = [...tables.values()].flatMap((table) => {
    const [user, movie, part] = ["user", "movie", "part"].map((name) => textOf(table, name));
    return part!.map((name, row) => `${user![row]} ${movie![row]} ${name}`);
  });
  // The published test file: user-..., movie-... in every line.
  const file = join(root, "../shared/data/movielens-1m/test.csv.gz");
  const lines = gunzipSync(await readFile(file))
    .toString()
    .trim()
    .split("\n");
  const expected = lines.map((line) => {
    const [user, movie] = line.split(",").map((value) => value.split("-")[0]!);
    return `${user} ${movie} test`;
  });
  expect(expected).toHaveLength(6040);
  expect(seen.filter((event) => event.endsWith(" test")).toSorted()).toEqual(expected.toSorted());
  expect(new Set(seen.map((event) => event.split(" ")[0])).size).toBe(6040);
  expect(seen).toHaveLength(2 * 6040);
  const tested = [...tables].map(([client, table]) => [
    client,
    count(textOf(table, "part"), "test"),
  ]);
  expect(tested).toEqual([
    ["drama", 2121],
    ["other", 3919],
  ]);
});
