import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { experimentSchema, type Experiment } from "../experiment/index.ts";
import type { Result } from "../results/index.ts";
import { keptPools } from "./kept-pools.fixture.ts";
import { prepareClients } from "./prepare.ts";
import { runExperiment } from "./run.ts";

const pools = keptPools();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-labels-"));
  const sold = (i: number, click: number) => (click === 1 && i % 4 === 1 ? 1 : 0);
  const write = (
    name: string,
    seed: number,
    sale: ((i: number, click: number) => unknown) | null,
  ) => writeFile(join(folder, `${name}.csv`), clicks(seed, sale));
  await write("full", 1, sold);
  await write("without", 2, null);
  await write("blank", 2, () => "");
  await write("never", 2, () => 0);
  await write("once", 3, (i) => (i === TRAINING_SALE || i === TEST_SALE ? 1 : 0));
});
afterAll(async () => {
  await pools.close();
  await rm(folder, { recursive: true, force: true });
});

const NUM_ROWS = 240;
const TRAINING_SALE = 5;
const TEST_SALE = 7;

/** Rows whose colour and shape decide the click; every fourth is for validation, every sixth a test. */
function clicks(seed: number, sale: ((i: number, click: number) => unknown) | null): string {
  const lines = [`part,colour,shape,click${sale ? ",sale" : ""}`];
  for (let i = 0; i < NUM_ROWS; i++) {
    const colour = (i * 7 + seed) % 5;
    const shape = (i * 11 + seed) % 7;
    const click = (colour + shape + (i % 3 === 0 ? 1 : 0)) % 3 === 0 ? 1 : 0;
    const part = i % 4 === 0 ? "valid" : i % 6 === 1 ? "test" : "train";
    lines.push([part, `c${colour}`, `s${shape}`, click, ...(sale ? [sale(i, click)] : [])].join());
  }
  return `${lines.join("\n")}\n`;
}

function experiment(
  clients: Record<string, unknown>,
  overrides: Record<string, unknown> = {},
  data: Record<string, unknown> = {},
): Experiment {
  return experimentSchema.parse({
    data: {
      kind: "files",
      feedback: "explicit",
      columns: { labels: { click: "click", sale: "sale" }, categorical: ["colour", "shape"] },
      common: "all",
      clients,
      ...data,
    },
    split: { kind: "given", column: "part" },
    model: { kind: "mmoe", width: 4, experts: 2, expertHidden: [8], towerHidden: [4] },
    methods: ["local", "fedavg"],
    federation: { rounds: 3, shared: "all" },
    training: {
      batchSize: 32,
      optimiser: { kind: "adam", learningRate: 0.02 },
      selectBy: "auc:click",
    },
    evaluation: {
      bootstrap: 100,
      metrics: ["auc:click", "logloss:click", "auc:sale", "logloss:sale"],
    },
    ...overrides,
  });
}

let runs = 0;

async function run(given: Experiment): Promise<Result> {
  const directory = join(folder, `run-${runs++}`);
  await runExperiment(given, {
    experimentDirectory: folder,
    directory,
    threads: 1,
    signal: new AbortController().signal,
    now: () => new Date(),
    onEvent: () => {},
    openPool: pools.open,
  });
  return JSON.parse(await readFile(join(directory, "result.json"), "utf8")) as Result;
}

const prepare = (given: Experiment) =>
  prepareClients(given, folder, () => {}, new AbortController().signal);

const full = { path: "full.csv" };
const allClients = {
  full,
  without: { path: "without.csv" },
  nulled: { path: "full.csv", columns: { labels: { sale: null } } },
  once: { path: "once.csv" },
};

/** Test metrics of a client under a method. */
function of(result: Result, method: string, client: string) {
  const found = result.methods[method]!.clients[client]!;
  return Object.fromEntries(Object.entries(found).map(([metric, { mean }]) => [metric, mean]));
}

describe("a label that one client does not know", () => {
  test("is no error: its metrics are left out there, all others stand, and the report says so", async () => {
    const result = await run(experiment(allClients, { methods: ["fedavg", "centralised"] }));
    for (const method of ["fedavg", "centralised"]) {
      for (const client of ["without", "nulled"])
        expect(Object.keys(of(result, method, client))).toEqual(["auc:click", "logloss:click"]);
      for (const client of ["full", "once"])
        expect(Object.values(of(result, method, client)).every(Number.isFinite)).toBe(true);
      expect(Object.keys(of(result, method, "once"))).toHaveLength(4);
    }
    const notes = (client: string) =>
      result.protocol.filter(({ topic }) => topic === `Client ${client}`).map(({ text }) => text);
    expect(notes("without")).toEqual([
      'the label sale is unknown in all rows: there is no column "sale"; nothing is learned or measured of it',
    ]);
    expect(notes("nulled")).toEqual([
      "the label sale is unknown in all rows: its column is null here; nothing is learned or measured of it",
    ]);
    expect(notes("full")).toEqual([]);
  });

  test("is the same as a column without values, in memory and on disk", async () => {
    const labels = async (name: string, data: Record<string, unknown> = {}) => {
      const splits = await prepare(experiment({ full, second: { path: `${name}.csv` } }, {}, data));
      const [first, second] = splits.get(1)!;
      expect([...first!.furtherLabels[0]!]).toContain(1);
      return [...second!.label, ...second!.furtherLabels[0]!];
    };
    const without = await labels("without");
    expect(without.slice(NUM_ROWS)).toEqual(Array<number>(NUM_ROWS).fill(-1));
    expect(await labels("blank")).toEqual(without);
    expect(await labels("without", { storage: "disk" })).toEqual(without);
    expect((await labels("never")).slice(NUM_ROWS)).toEqual(Array<number>(NUM_ROWS).fill(0));
  });

  test("learned alone, that client takes part without rows, weighs nothing and keeps nobody waiting", async () => {
    const alone = {
      model: { kind: "lr" },
      federation: { rounds: 8, shared: "all" },
      training: {
        batchSize: 32,
        optimiser: { kind: "adam", learningRate: 0.1 },
        task: "sale",
        selectBy: "logloss:sale",
        patience: 1,
      },
      evaluation: { bootstrap: 100, metrics: ["auc:sale", "logloss:sale"] },
    };
    const both = await run(experiment({ full, without: { path: "without.csv" } }, alone));
    const only = await run(experiment({ full }, alone));
    for (const method of ["local", "fedavg"]) {
      expect(of(both, method, "without")).toEqual({});
      expect(of(both, method, "full")).toEqual(of(only, method, "full"));
      expect(both.methods[method]!.rounds).toBe(only.methods[method]!.rounds);
      expect(both.methods[method]!.rounds).toBeLessThan(9);
    }
  });
});

describe("a label that nobody can learn", () => {
  test("for no client knows it", () =>
    expect(
      prepare(experiment({ without: allClients.without, nulled: allClients.nulled })),
    ).rejects.toThrow(
      'no client knows the label "sale" in any training row; check the column that data.columns.labels.sale names, or remove the label',
    ));

  test("for it is the same in all rows: refused where it is learned alone", async () => {
    const never = { never: { path: "never.csv" } };
    const training = { task: "sale", selectBy: "logloss:sale" };
    const alone = { kind: "local", model: { kind: "lr" }, training };
    await expect(prepare(experiment(never, { methods: [alone] }))).rejects.toThrow(
      /of the 140 training rows of all clients that know the label "sale", 0 are positive/,
    );
    await prepare(experiment(never, { methods: ["local"] }));
    await prepare(experiment({ ...never, full }, { methods: [alone] }));
  });
});
