import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseExperiment } from "../experiment/index.ts";
import { resultSchema } from "../results/index.ts";
import { runExperiment } from "../runs/index.ts";
import { idlePools } from "../workers/idle-pools.fixture.ts";
import { addToComparison, compare, resumeComparison, type CompareRequest } from "./compare.ts";
import type { CompareEvent } from "./events.ts";
import type { CompareOptions } from "./execute.ts";
import { WRITTEN } from "./comparisons.fixture.ts";
import { comparisonSchema } from "./schema.ts";

/** The quickest to compile. */
const EXPERIMENT = { ...WRITTEN, model: { kind: "lr" } };

/** Of all comparisons of this file: to start a thread takes longer than what most of them do. */
const pools = idlePools();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-comparisons-"));
  const other = { name: "other", data: { kind: "synthetic", markets: { c: { rows: 300 } } } };
  await writeFile(join(folder, "tiny.yaml"), JSON.stringify(EXPERIMENT));
  // A model that diverges where a learning rate is absurd.
  await writeFile(join(folder, "deep.yaml"), JSON.stringify(WRITTEN));
  await writeFile(join(folder, "other.yaml"), JSON.stringify({ ...EXPERIMENT, ...other }));
});
afterAll(async () => {
  await pools.close();
  await rm(folder, { recursive: true, force: true });
});

const path = (name: string) => join(folder, name);
const tiny = () => path("tiny.yaml");

interface Watched {
  readonly options: CompareOptions;
  readonly events: CompareEvent[];
  /** `run: method seed` of each training, in the order in which they ended. */
  readonly trained: () => string[];
}

function watched(threads: number, signal = new AbortController().signal): Watched {
  const events: CompareEvent[] = [];
  return {
    options: {
      threads,
      openPool: pools.open,
      signal,
      now: () => new Date(0),
      onEvent: (event) => events.push(event),
    },
    events,
    trained: () =>
      events.flatMap((own) =>
        own.kind === "run-event" && own.event.kind === "cell-end"
          ? [`${own.run}: ${own.event.method} ${own.event.seed}`]
          : [],
      ),
  };
}

/** A result without times. */
async function timeless(file: string): Promise<string> {
  return (await readFile(file, "utf8")).replaceAll(/"seconds": [\d.e-]+/g, '"seconds": 0');
}

async function done(request: CompareRequest, directory: string, threads = 1) {
  const watch = watched(threads);
  const outcome = await compare(request, { ...watch.options, directory: path(directory) });
  if (outcome.kind !== "done") throw new Error("stopped");
  return { ...outcome, ...watch };
}

const both: () => CompareRequest = () => ({
  experiments: [tiny(), path("other.yaml")],
  settings: ["training.optimiser.learningRate=0.003,0.03"],
  methods: ["popularity", "local", "fedavg"],
});

describe("a comparison", () => {
  test("has the same numbers one thread at a time and several runs side by side", async () => {
    const one = await done(both(), "one");
    const three = await done(both(), "three", 3);
    expect(await timeless(path("three/comparison.json"))).toBe(
      await timeless(path("one/comparison.json")),
    );
    expect(one.trained()).toHaveLength(12);
    expect(three.trained().toSorted()).toEqual(one.trained().toSorted());
    expect(
      comparisonSchema.parse(JSON.parse(await readFile(path("one/comparison.json"), "utf8"))),
    ).toEqual(one.comparison);
    expect(one.comparison.overall!.places).toBe(3);
  });

  test("a variant's cells are those of an experiment that says the same", async () => {
    const text = await readFile(path("one/runs/01-tiny/result.json"), "utf8");
    const { methods } = resultSchema.parse(JSON.parse(text));
    const alone = parseExperiment(
      JSON.stringify({
        ...EXPERIMENT,
        training: { batchSize: 64, optimiser: { kind: "adam", learningRate: 0.03 } },
        methods: ["local", "fedavg"],
      }),
      "alone.yaml",
    );
    const outcome = await runExperiment(alone, {
      ...watched(1).options,
      onEvent: () => {},
      experimentDirectory: folder,
      directory: path("alone"),
    });
    if (outcome.kind !== "done") throw new Error("stopped");
    for (const method of ["local", "fedavg"])
      expect(methods[`${method} [training.optimiser.learningRate=0.03]`]!.clients).toEqual(
        outcome.result.methods[method]!.clients,
      );
  });

  test("while one goes on in a folder, no other resumes it or adds to it", async () => {
    const directory = path("locked");
    const watch = watched(1);
    const request = { experiments: [tiny()], methods: ["popularity"] };
    const refusals: Promise<unknown>[] = [];
    await compare(request, {
      ...watch.options,
      directory,
      onEvent: ({ kind }) => {
        if (kind !== "run-start") return;
        const other = watched(1).options;
        for (const begun of [
          resumeComparison(directory, other),
          addToComparison(directory, { ...request, experiments: [], seeds: [2] }, other),
        ])
          refusals.push(begun.catch((error: unknown) => error));
      },
    });
    const locked = {
      code: "RUN_FOLDER_LOCKED",
      message: expect.stringContaining(`process ${process.pid} works in ${directory};`),
    };
    expect(await Promise.all(refusals)).toMatchObject([locked, locked]);
    // Nothing of the refused addition is left, and the folder is free again.
    const { trained, options } = watched(1);
    const outcome = await resumeComparison(directory, options);
    expect([outcome.kind, trained()]).toEqual(["done", []]);
  });

  test("stopped and resumed has the numbers of an unbroken one, and trains nothing twice", async () => {
    const abort = new AbortController();
    const before = watched(2, abort.signal);
    const outcome = await compare(both(), {
      ...before.options,
      directory: path("stopped"),
      onEvent: (event) => {
        before.options.onEvent(event);
        if (before.trained().length === 4) abort.abort();
      },
    });
    expect(outcome.kind).toBe("stopped");
    const finished = before.trained();
    expect(outcome).toMatchObject({ finished: finished.length, total: 12 });
    const after = watched(1);
    expect((await resumeComparison(path("stopped"), after.options)).kind).toBe("done");
    expect([...finished, ...after.trained()]).toHaveLength(12);
    expect(new Set([...finished, ...after.trained()]).size).toBe(12);
    expect(await timeless(path("stopped/comparison.json"))).toBe(
      await timeless(path("one/comparison.json")),
    );
    // Once more, there is nothing to do: not even rows are read.
    const again = watched(1);
    await resumeComparison(path("stopped"), again.options);
    expect(again.events.map(({ kind }) => kind)).toEqual(["compare-plan"]);
  });

  test("added to trains what is new alone, and ends as if all had been asked for at once", async () => {
    await done({ experiments: [tiny()], methods: ["popularity", "local"] }, "grown");
    const cell = path("grown/runs/01-tiny/checkpoints/seed-1/local/done.json");
    const { mtimeMs } = await stat(cell);
    const adding = watched(2);
    await addToComparison(
      path("grown"),
      { experiments: [], seeds: [1, 2], methods: ["fedavg"] },
      adding.options,
    );
    expect(adding.trained().toSorted()).toEqual([
      "tiny: best-possible 2",
      "tiny: fedavg 1",
      "tiny: fedavg 2",
      "tiny: local 2",
      "tiny: popularity 2",
    ]);
    expect((await stat(cell)).mtimeMs).toBe(mtimeMs);
    await done(
      { experiments: [tiny()], seeds: [1, 2], methods: ["popularity", "local", "fedavg"] },
      "at-once",
    );
    expect(await timeless(path("grown/comparison.json"))).toBe(
      await timeless(path("at-once/comparison.json")),
    );
  });

  test("goes on without a method whose loss is no number, and says so", async () => {
    const { comparison, events } = await done(
      {
        experiments: [path("deep.yaml")],
        settings: [
          "methods.fedavg.training={ optimiser: { kind: sgd, learningRate: 1e30 } },{ batchSize: 32 }",
        ],
        methods: ["popularity", "local", "fedavg"],
      },
      "failing",
    );
    const failed =
      "fedavg [methods.fedavg.training={ optimiser: { kind: sgd, learningRate: 1e+30 } }]";
    const [run] = comparison.runs;
    expect(Object.keys(run!.methods)).toEqual([
      "popularity",
      "local",
      "fedavg [methods.fedavg.training={ batchSize: 32 }]",
      "best-possible",
    ]);
    expect(run!.failed[failed]).toMatchObject({ seed: 1, code: "TRAINING_DIVERGED" });
    expect(events.find(({ kind }) => kind === "method-failed")).toMatchObject({ method: failed });
    expect(comparison.warnings.map(({ kind }) => kind)).toContain("failed-methods");
    // Resuming does not try it again.
    const again = watched(1);
    expect((await resumeComparison(path("failing"), again.options)).kind).toBe("done");
    expect(again.trained()).toEqual([]);
  });

  test("its runs are ordinary runs, with results that the schema knows", async () => {
    const directory = path("one/runs/02-other");
    expect(await readdir(directory)).toEqual(expect.arrayContaining(["run.json", "metrics.jsonl"]));
    const result = resultSchema.parse(
      JSON.parse(await readFile(join(directory, "result.json"), "utf8")),
    );
    expect(result.experiment["name"]).toBe("other");
    // Over clients in every metric, and client by client in the headline.
    const pairs = (6 * 5) / 2;
    const metrics = Object.keys(result.methods["popularity"]!.macro).length;
    expect(result.pairs).toHaveLength(pairs * (metrics + 1));
  });
});

describe("what does not fit is refused before anything is made", () => {
  test("a folder that holds files, and one that holds no comparison", async () => {
    await expect(done({ experiments: [tiny()] }, "one")).rejects.toThrow(
      /already holds .* --resume .* --add/,
    );
    await expect(resumeComparison(folder, watched(1).options)).rejects.toThrow(
      /holds no comparison-plan\.json/,
    );
  });

  test("experiments that are wrong, all of them at once", async () => {
    await writeFile(
      path("wrong.yaml"),
      JSON.stringify({ ...EXPERIMENT, seeds: "x", methods: ["fedavgg"] }),
    );
    const wrong = done({ experiments: [path("wrong.yaml"), path("none.yaml")] }, "never");
    await expect(wrong).rejects.toThrow(
      /wrong\.yaml[\s\S]*wrong\.yaml[\s\S]*none\.yaml.*no such file/,
    );
    expect(await readdir(folder)).not.toContain("never");
  });
});
