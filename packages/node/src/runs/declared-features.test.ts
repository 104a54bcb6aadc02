import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { experimentSchema, type Experiment } from "../experiment/index.ts";
import type { Result } from "../results/index.ts";
import type { RunEvent } from "./events.ts";
import { keptPools } from "./kept-pools.fixture.ts";
import { resumeRun, runExperiment } from "./run.ts";

const pools = keptPools();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-features-"));
  await writeFile(join(folder, "a.csv"), clicks(400, 1));
  await writeFile(join(folder, "b.csv"), clicks(300, 2));
});
afterAll(async () => {
  await pools.close();
  await rm(folder, { recursive: true, force: true });
});

/** Rows in time order: forty users walk along thirty items; the colour decides the click. */
function clicks(numRows: number, step: number): string {
  const lines = ["user,item,time,click,buy,colour,site,past"];
  for (let i = 0; i < numRows; i++) {
    const user = (i * 7) % 40;
    const item = (Math.floor(i / 40) * step + user * 3) % 30;
    const click = (i * 13 + step) % 5 < 2 + (item % 2) ? 1 : 0;
    const buy = i % 6 === 0 ? "" : click * ((i >> 2) & 1);
    const past = Array.from({ length: i % 4 }, (_, k) => `i${(item + k) % 30}`).join("|");
    lines.push(`u${user},i${item},${i},${click},${buy},c${item % 7},s${(i * i) % 9},${past}`);
  }
  return `${lines.join("\n")}\n`;
}

function experiment(columns: object, overrides: Record<string, unknown> = {}): Experiment {
  const { data = {}, ...others } = overrides;
  return experimentSchema.parse({
    data: {
      kind: "files",
      feedback: "explicit",
      columns: { user: "user", item: "item", time: "time", ...columns },
      common: ["item", "colour", "site", "colourxsite"],
      clients: { a: { path: "a.csv" }, b: { path: "b.csv" } },
      ...(data as object),
    },
    split: { kind: "random", valid: 0.2, test: 0.2 },
    model: { kind: "lr" },
    methods: ["fedavg"],
    federation: { rounds: 2 },
    training: { batchSize: 64, optimiser: { kind: "adam", learningRate: 0.05 } },
    evaluation: { bootstrap: 100 },
    ...others,
  });
}

interface Options {
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

let runs = 0;

async function run(
  given: Experiment,
  { threads = 1, signal = new AbortController().signal, onEvent = () => {} }: Options = {},
): Promise<string> {
  const directory = join(folder, `run-${runs++}`);
  await runExperiment(given, {
    experimentDirectory: folder,
    directory,
    threads,
    signal,
    now: () => new Date(),
    onEvent,
    openPool: pools.open,
  });
  return directory;
}

/** The result without its time fields; `only` some of its parts. */
async function timeless(directory: string): Promise<Result> {
  const result = JSON.parse(await readFile(join(directory, "result.json"), "utf8")) as Result;
  for (const method of Object.values(result.methods)) method.seconds = 0;
  return result;
}

/** Stops after a number of rounds, in the middle of a method, and goes on with three other threads. */
async function interrupted(given: Experiment, stopAfter: number): Promise<string> {
  const abort = new AbortController();
  let seen = 0;
  const directory = await run(given, {
    signal: abort.signal,
    onEvent: (event) => {
      if (event.kind === "round" && ++seen === stopAfter) abort.abort();
    },
  });
  const resumed = await resumeRun(directory, {
    threads: 3,
    signal: new AbortController().signal,
    now: () => new Date(),
    onEvent: () => {},
    openPool: pools.open,
  });
  expect(resumed.kind).toBe("done");
  return directory;
}

describe("threads and interruptions change no number of", () => {
  const implicit = {
    data: { feedback: "implicit" },
    split: { kind: "leave-one-out", minimumRows: 3 },
    negatives: { evaluation: { count: 9 } },
    federation: { rounds: 2, shared: ["item"] },
  };
  const history = { history: { length: 4 } };
  const labels = { labels: { click: "click", buy: "buy" }, categorical: ["colour", "site"] };
  /** What is run, and after how many rounds it is stopped: in each method that keeps a state once. */
  const cases: readonly (readonly [string, Experiment, readonly number[]])[] = [
    [
      "a model of sequences, with dropout and a proximal term",
      experiment(history, {
        ...implicit,
        model: { kind: "sasrec", width: 4, layers: 1 },
        methods: ["local", { kind: "fedprox", mu: 0.1 }],
        training: { batchSize: 64, loss: { kind: "sampled-softmax", samples: 8 } },
      }),
      [1, 7],
    ],
    [
      "a model of hidden items",
      experiment(history, {
        ...implicit,
        model: { kind: "bert4rec", width: 4, layers: 1 },
        methods: ["centralised"],
      }),
      [1],
    ],
    [
      "BPR over rows",
      experiment(history, {
        ...implicit,
        model: { kind: "din", width: 4, hidden: [4] },
        methods: ["fedavg"],
        training: { batchSize: 64, loss: { kind: "bpr" } },
      }),
      [1],
    ],
    [
      "a model of two labels",
      experiment(labels, {
        model: { kind: "mmoe", width: 4, experts: 2, expertHidden: [4], towerHidden: [4] },
        methods: ["local", "fedavg"],
        federation: { rounds: 2, shared: ["colour"] },
        training: { batchSize: 64, taskWeights: { buy: 0.5 } },
      }),
      [1, 7],
    ],
  ];
  test.each(cases)("%s", async (_, given, stops) => {
    const unbroken = await timeless(await run(given));
    for (const stopAfter of stops)
      expect(await timeless(await interrupted(given, stopAfter))).toEqual(unbroken);
  });
});

describe("shared features", () => {
  test("hashed ones and crosses travel as tables of the stated size", async () => {
    const features = {
      label: "click",
      categorical: [{ column: "colour", hash: 5 }],
      crosses: [{ columns: ["colour", "site"], minCount: 3 }],
    };
    const shared = ["colour", "colourxsite", "item"];
    const given = experiment(features, { federation: { rounds: 2, shared } });
    const alone = experiment(features);
    const { methods } = await timeless(await run(given));
    expect(methods["fedavg"]!.bytes.up).toBeGreaterThan(
      (await timeless(await run(alone))).methods["fedavg"]!.bytes.up,
    );
  });

  test("on disk they are as in memory: the same tables travel, and the same numbers come out", async () => {
    const columns = { label: "click", categorical: ["colour"] };
    // One pass over a full batch has one order.
    const training = { batchSize: 1024, optimiser: { kind: "sgd", learningRate: 0.5 } };
    const storedIn = async (storage: string) => {
      const federation = { rounds: 2, shared: ["item", "colour"] };
      const given = experiment(columns, { data: { storage }, federation, training });
      return (await timeless(await run(given))).methods["fedavg"]!;
    };
    const memory = await storedIn("memory");
    const disk = await storedIn("disk");
    expect(disk.bytes).toEqual(memory.bytes);
    expect(disk.macro["logloss"]!.mean).toBeCloseTo(memory.macro["logloss"]!.mean, 5);
  });
});

test("rows on disk: several clients, and a run that was stopped, end in the same numbers", async () => {
  const given = experiment(
    { label: "click", categorical: ["colour", "site"] },
    {
      data: { storage: "disk" },
      methods: ["local", "centralised", "fedavg"],
      federation: { rounds: 2, shared: ["item"] },
    },
  );
  const unbroken = await timeless(await run(given));
  for (const stopAfter of [3, 6, 11])
    expect(await timeless(await interrupted(given, stopAfter))).toEqual(unbroken);
});

test("a client's own roles replace what they name, and leave the rest", async () => {
  const columns = { label: "click", categorical: ["colour"] };
  const { data } = experiment(columns, {
    data: { clients: { a: { path: "a.csv", columns: { label: "buy" } } } },
  });
  if (data.kind !== "files") throw new Error("no files");
  expect(data.clients["a"]!.columns).toEqual({ label: "buy" });
});
