import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { experimentSchema, type Experiment } from "../experiment/index.ts";
import type { Result } from "../results/index.ts";
import type { RunEvent, RunOutcome } from "./events.ts";
import { keptPools } from "./kept-pools.fixture.ts";
import { resumeRun, runExperiment, type RunOptions } from "./run.ts";

const pools = keptPools();
let folder: string;
/** An unbroken run of the whole experiment, with one thread. */
let whole: Awaited<ReturnType<typeof run>>;
const wholeEvents: RunEvent[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-runs-"));
  whole = await run(experiment(), { onEvent: (event) => wholeEvents.push(event) });
});
afterAll(async () => {
  await pools.close();
  await rm(folder, { recursive: true, force: true });
});

function experiment(overrides: Record<string, unknown> = {}): Experiment {
  return experimentSchema.parse({
    name: "test",
    data: {
      kind: "synthetic",
      markets: { a: { rows: 300 }, b: { rows: 200 } },
    },
    split: { kind: "random", valid: 0.2, test: 0.2 },
    model: { kind: "deepfm", width: 4, hidden: [8], batchNorm: true, embeddingStd: 0.1 },
    methods: ["popularity", "local", "centralised", "fedavg", "fedbn", "fedadam"],
    federation: { rounds: 3, shared: ["segment", "category"] },
    training: { batchSize: 64, optimiser: { kind: "adam", learningRate: 0.01 } },
    evaluation: { bootstrap: 100 },
    seeds: [1, 2],
    ...overrides,
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
) {
  const directory = join(folder, `run-${runs++}`);
  const outcome = await runExperiment(given, {
    experimentDirectory: folder,
    directory,
    threads,
    signal,
    now: () => new Date(),
    onEvent,
    openPool: pools.open,
  });
  return { outcome, directory };
}

/** result.json without its time fields. */
async function timeless(directory: string): Promise<string> {
  const result = JSON.parse(await readFile(join(directory, "result.json"), "utf8")) as Result;
  for (const method of Object.values(result.methods)) method.seconds = 0;
  return JSON.stringify(result);
}

/**
 * Threads, and rounds until the stop: after the first round, in the middle of training of every method, and
 * after the last round of one.
 */
const STOPS = [
  [2, 1],
  [1, 4],
  [2, 6],
  [1, 12],
  [2, 7],
  [1, 20],
] as const;

describe("a run", () => {
  test("gives the same result.json with one thread and with two, byte for byte but for time", async () => {
    const two = await run(experiment(), { threads: 2 });
    expect(await timeless(two.directory)).toBe(await timeless(whole.directory));
  });

  test("does not depend on the order in which clients are listed", async () => {
    const markets = { a: { rows: 300 }, b: { rows: 200 }, c: { rows: 200 } };
    const { a, b, c } = markets;
    const numbers = async (own: object) => {
      const data = { kind: "synthetic", markets: own };
      const methods = ["centralised", "fedavg"];
      const { directory } = await run(experiment({ data, methods, seeds: [1] }));
      const result = JSON.parse(await timeless(directory)) as Result;
      return { methods: result.methods, clients: result.clients };
    };
    expect(await numbers({ c, b, a })).toEqual(await numbers(markets));
  });

  test("another seed gives another result", async () => {
    const first = await run(experiment({ seeds: [1], methods: ["local"] }));
    const second = await run(experiment({ seeds: [2], methods: ["local"] }));
    const value = async ({ directory }: { directory: string }) =>
      (JSON.parse(await timeless(directory)) as Result).methods["local"]!.macro["auc"]!.mean;
    expect(await value(first)).not.toBe(await value(second));
  });

  test("stopped before a round is begun, it is no failure, and can be resumed", async () => {
    const abort = new AbortController();
    const given = experiment({ seeds: [1], methods: ["popularity"] });
    const { outcome, directory } = await run(given, {
      signal: abort.signal,
      onEvent: ({ kind }) => {
        if (kind === "splitting") abort.abort();
      },
    });
    expect(outcome).toEqual({ kind: "stopped", directory, saved: [] });
    const resumed = await resumeRun(directory, {
      threads: 1,
      signal: new AbortController().signal,
      now: () => new Date(),
      onEvent: () => {},
      openPool: pools.open,
    });
    expect(resumed.kind).toBe("done");
  });

  test("stopped after any number of rounds and resumed, it gives the numbers of an unbroken run", async () => {
    // One run, stopped again and again: a wrong number of any part stays until the end.
    const directory = join(folder, "stopped");
    const goOn = async (threads: number, stopAfter: number): Promise<RunOutcome> => {
      const abort = new AbortController();
      let seen = 0;
      const options: RunOptions = {
        threads,
        signal: abort.signal,
        now: () => new Date(),
        onEvent: (event) => {
          if (event.kind === "round" && ++seen === stopAfter) abort.abort();
        },
        // The last part runs on threads that have seen nothing of the run.
        ...(stopAfter < Infinity && { openPool: pools.open }),
      };
      return existsSync(directory)
        ? resumeRun(directory, options)
        : runExperiment(experiment(), { ...options, experimentDirectory: folder, directory });
    };
    // Of 96 rounds. Threads take turns, so that no part goes on where the last one stopped.
    for (const [threads, stopAfter] of STOPS)
      expect((await goOn(threads, stopAfter)).kind).toBe("stopped");
    expect((await goOn(1, Infinity)).kind).toBe("done");
    expect(await timeless(directory)).toBe(await timeless(whole.directory));
    const lines = async (of: string) =>
      (await readFile(join(of, "metrics.jsonl"), "utf8"))
        .trim()
        .split("\n")
        .map((line) => ({ ...(JSON.parse(line) as Record<string, unknown>), seconds: 0 }))
        .map((line) => JSON.stringify(line))
        .toSorted();
    expect(await lines(directory)).toEqual(await lines(whole.directory));
  });

  test("one client: FedAvg without shared tables is local training, bit for bit", async () => {
    const { outcome } = await run(
      experiment({
        data: { kind: "synthetic", markets: { a: { rows: 900 } } },
        methods: ["local", "fedavg"],
        federation: { rounds: 4 },
      }),
    );
    if (outcome.kind !== "done") throw new Error("stopped");
    const { local, fedavg } = outcome.result.methods;
    expect(fedavg!.clients).toEqual(local!.clients);
  });

  test("FedProx with a vanishing mu has the log loss of FedAvg to four digits, and with a large one not", async () => {
    const { outcome } = await run(
      experiment({
        seeds: [1],
        methods: [
          "fedavg",
          { kind: "fedprox", name: "tiny", mu: 1e-9 },
          { kind: "fedprox", name: "large", mu: 10 },
        ],
      }),
    );
    if (outcome.kind !== "done") throw new Error("stopped");
    // AUC moves in steps of one pair of rows; the log loss is smooth.
    const loss = (method: string) => outcome.result.methods[method]!.macro["logloss"]!.mean;
    expect(loss("tiny")).toBeCloseTo(loss("fedavg"), 4);
    expect(Math.abs(loss("large") - loss("fedavg"))).toBeGreaterThan(1e-3);
  });

  test("the best possible AUC stands in the result of a synthetic world, above every model", async () => {
    const { outcome } = whole;
    if (outcome.kind !== "done") throw new Error("stopped");
    const { methods } = outcome.result;
    const best = methods["best-possible"]!.macro["auc"]!.mean;
    for (const [name, { macro }] of Object.entries(methods))
      if (name !== "best-possible") expect(macro["auc"]!.mean, name).toBeLessThan(best);
  });

  test("where users of a synthetic world choose items, what they want ranks candidates best", async () => {
    const { outcome } = await run(
      experiment({
        data: {
          kind: "synthetic",
          feedback: "implicit",
          taste: { observable: 0, hidden: 2 },
          catalogue: { items: 120, share: 0.75 },
          titles: { words: 3 },
          markets: {
            a: { rows: 800, users: 40, items: 100 },
            b: { rows: 400, users: 25, items: 80 },
          },
        },
        negatives: { evaluation: { count: 30 } },
        methods: ["popularity", "local", "centralised", "fedavg"],
        federation: { rounds: 2, shared: ["title"] },
        evaluation: { metrics: ["ndcg@5", "auc"] },
        seeds: [1],
      }),
    );
    if (outcome.kind !== "done") throw new Error("stopped");
    const { methods } = outcome.result;
    for (const metric of ["ndcg@5", "auc"]) {
      const best = methods["best-possible"]!.macro[metric]!.mean;
      for (const [name, { macro }] of Object.entries(methods))
        if (name !== "best-possible") expect(macro[metric]!.mean, name).toBeLessThan(best);
    }
    expect(methods["best-possible"]!.macro["auc"]!.mean).toBeGreaterThan(0.8);
  });

  test("local training sends no array; federated training sends what it declares", () => {
    const bytesUp: Record<string, number> = {};
    for (const event of wholeEvents)
      if (event.kind === "reply" && event.line.stage === "train")
        bytesUp[event.method] = Math.max(bytesUp[event.method] ?? 0, event.line.bytesUp);
    // A message without arrays is its header alone.
    expect(bytesUp["local"]).toBeLessThan(600);
    expect(bytesUp["centralised"]).toBeLessThan(700);
    // FedBN keeps scale, shift and running statistics at home: it sends less than FedAvg.
    expect(bytesUp["fedavg"]).toBeGreaterThan(bytesUp["fedbn"]!);
    expect(bytesUp["fedbn"]).toBeGreaterThan(2000);
  });

  test("a folder that holds files is refused, and keeps them", async () => {
    const { directory } = await run(experiment({ seeds: [1], methods: ["popularity"] }));
    const before = await readdir(directory);
    await expect(
      runExperiment(experiment(), {
        experimentDirectory: folder,
        directory,
        signal: new AbortController().signal,
        now: () => new Date(),
        onEvent: () => {},
      }),
    ).rejects.toThrow(/already holds .* entries; name another folder with --out/);
    expect(await readdir(directory)).toEqual(before);
  });

  test("a finished run keeps models and evaluations, but no half-way states", async () => {
    const { directory } = await run(experiment({ seeds: [1], methods: ["local"] }));
    const files = await readdir(directory, { recursive: true });
    expect(files.filter((file) => /state\.\d+/.test(file) || file.endsWith(".tmp"))).toEqual([]);
    expect(files.filter((file) => file.endsWith("model.safetensors"))).toHaveLength(2);
    // Two markets under `local`, and two under the added `best-possible`.
    expect(files.filter((file) => file.endsWith("evaluation.safetensors"))).toHaveLength(4);
  });
});
