import { existsSync, globSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { splitClient } from "@atoll/core/data";
import { readExperiment } from "@atoll/node/experiment";
import { planOf, readTables, rulesOf } from "@atoll/node/runs";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const cards = globSync(["examples/datasets/*.yaml", "examples/shelf/*.yaml"], {
  cwd: root,
}).toSorted();

/** Cards whose files are read and split here; the others take too long for a test. */
const SMALL = [
  "aliexpress-sample",
  "avazu-10k",
  "criteo-10k",
  "ipinyou-sample",
  "movielens-100k",
  "multiscenario-tiny",
];

test("every dataset has a card", () => {
  const names = cards.map((path) => basename(path, ".yaml"));
  for (const name of [...SMALL, "amazon-food-kitchen", "amazon-game-toy", "amazon-movie-book"])
    expect(names).toContain(name);
  expect(names.length).toBeGreaterThanOrEqual(18);
});

describe.each(cards)("%s", (path) => {
  const file = join(root, path);

  test("is an experiment that can be planned", async () => {
    const experiment = await readExperiment(file);
    expect(planOf(experiment).cells.length).toBeGreaterThan(0);
    expect(experiment.description).toBeDefined();
  });
});

describe.each(SMALL)("examples/datasets/%s.yaml", (name) => {
  const file = join(root, "examples/datasets", `${name}.yaml`);

  test("reads and splits its files (skipped where they are absent)", async ({ skip }) => {
    const experiment = await readExperiment(file);
    const { data } = experiment;
    if (data.kind !== "files") throw new Error("a card reads files");
    if (!existsSync(resolve(dirname(file), data.directory))) skip("the dataset is absent");
    const signal = new AbortController().signal;
    const tables = await readTables(experiment, dirname(file), () => {}, signal);
    expect(tables.map(({ client }) => client)).toEqual(Object.keys(data.clients));
    for (const { client, rows, columns } of tables) {
      if ("load" in rows) throw new Error("small cards stay in memory");
      const split = splitClient(rows, rulesOf(experiment, client, columns), 1);
      expect(split.counts.test).toBeGreaterThan(30);
      expect(split.counts.train).toBeGreaterThan(500);
    }
  });
});
