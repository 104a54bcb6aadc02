import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseExperiment } from "../experiment/index.ts";
import { runExperiment } from "../runs/index.ts";
import { idlePools } from "../workers/idle-pools.fixture.ts";
import type { TuneEvent } from "./events.ts";
import { readTune } from "./read.ts";
import { tuneResultSchema, type TuneResult } from "./result.ts";
import { EXPERIMENT, TUNE, writeTune } from "./tune.fixture.ts";
import type { TuneOptions } from "./trial.ts";
import { resumeTune, tune } from "./tune.ts";

/** The tunes of this file share a thread, as the trials of one tune do: to start one takes longer than any of them. */
const threads = idlePools();

let folder: string;
let source: Awaited<ReturnType<typeof readTune>>;
let whole: { directory: string; result: TuneResult };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-tune-"));
  source = await readTune(await writeTune(folder));
  const directory = join(folder, "whole");
  await tune(source, { ...options(), directory });
  whole = { directory, result: await resultIn(directory) };
});
afterAll(async () => {
  await threads.close();
  await rm(folder, { recursive: true, force: true });
});

/** A clock that stands still, so that time fields cannot differ. */
function options(own: Partial<TuneOptions> = {}): TuneOptions {
  return {
    threads: 1,
    openPool: threads.open,
    signal: new AbortController().signal,
    now: () => new Date(0),
    onEvent: () => {},
    ...own,
  };
}

async function resultIn(directory: string): Promise<TuneResult> {
  return tuneResultSchema.parse(JSON.parse(await readFile(join(directory, "tune.json"), "utf8")));
}

describe("a tune", () => {
  test("measures every setting, and its best is the largest value", () => {
    const { trials, best, objective, rungs } = whole.result;
    expect(objective).toEqual({ metric: "auc", higherIsBetter: true });
    expect(rungs).toEqual([{ trials: 3, rounds: 3 }]);
    const values = trials.map(({ outcome }) => (outcome.kind === "measured" ? outcome.value : NaN));
    expect(values).toHaveLength(3);
    expect(new Set(values).size).toBeGreaterThan(1);
    expect(best!.outcome).toMatchObject({ value: Math.max(...values) });
  });

  test("the value is what an ordinary run reports on validation: mean over seeds of the mean over clients", async () => {
    const { values, outcome } = whole.result.trials[1]!;
    if (outcome.kind !== "measured") throw new Error("failed");
    const experiment = parseExperiment(EXPERIMENT, "tiny.yaml", [
      {
        path: ["training", "optimiser"],
        value: { kind: "adam", learningRate: values["training.optimiser.learningRate"] },
        text: "",
      },
      {
        path: ["methods"],
        value: [{ kind: "fedprox", mu: values["methods.fedprox.mu"] }],
        text: "",
      },
    ]);
    let lines = new Map<string, number[]>();
    await runExperiment(experiment, {
      ...options(),
      onEvent: (event) => {
        if (event.kind !== "reply" || event.line.stage !== "train") return;
        const { seed, client, values: own } = event.line;
        const key = `${seed}/${client}`;
        lines = lines.set(key, [...(lines.get(key) ?? []), own[`valid/${client}`]!]);
      },
      experimentDirectory: folder,
      directory: join(folder, "ordinary"),
    });
    // Each client keeps its own best round; two seeds, two clients.
    const best = [...lines.values()].map((own) => Math.max(...own));
    expect(best).toHaveLength(4);
    expect(outcome.value).toBeCloseTo(best.reduce((a, b) => a + b) / 4, 12);
  });

  test("leaves no run of a trial behind, and best.yaml with comments and the best setting", async () => {
    expect((await readdir(whole.directory)).toSorted()).toEqual([
      ".lock",
      "best.yaml",
      "running",
      "trials",
      "tune-source.json",
      "tune.json",
    ]);
    expect(await readdir(join(whole.directory, "running"))).toEqual([]);
    const text = await readFile(join(whole.directory, "best.yaml"), "utf8");
    expect(text).toContain("A comment that best.yaml keeps.");
    const { values } = whole.result.best!;
    const { methods, training } = parseExperiment(text, "best.yaml");
    expect(training.optimiser).toMatchObject({
      kind: "adam",
      learningRate: values["training.optimiser.learningRate"],
    });
    expect(methods[2]).toMatchObject({ kind: "fedprox", mu: values["methods.fedprox.mu"] });
  });

  test("refuses a folder that holds files", async () => {
    await expect(tune(source, { ...options(), directory: whole.directory })).rejects.toThrow(
      /already holds .* entries; .* --resume/,
    );
  });
});

describe("resuming", () => {
  test("after a stop in the middle of any trial repeats no finished trial and gives the same tune.json", async () => {
    for (const stopAt of [2]) {
      const directory = join(folder, `stopped-${stopAt}`);
      const abort = new AbortController();
      let started = 0;
      const stopped = await tune(source, {
        ...options({ signal: abort.signal }),
        directory,
        onEvent: (event) => {
          if (event.kind === "trial-start") started++;
          if (started === stopAt && event.kind === "trial-run" && event.event.kind === "round")
            abort.abort();
        },
      });
      expect(stopped).toMatchObject({ kind: "stopped", finished: stopAt - 1 });
      // What comes next starts in a thread that remembers nothing.
      await threads.close();
      const events: TuneEvent[] = [];
      await resumeTune(directory, options({ onEvent: (event) => events.push(event) }));
      const starts = events.filter((event) => event.kind === "trial-start");
      expect(starts.map(({ setting }) => setting)).toEqual([1, 2, 3].slice(stopAt - 1));
      expect(await readFile(join(directory, "tune.json"), "utf8")).toBe(
        await readFile(join(whole.directory, "tune.json"), "utf8"),
      );
    }
  });

  test("of a finished tune runs nothing and writes the same", async () => {
    const before = await readFile(join(whole.directory, "tune.json"), "utf8");
    const events: TuneEvent[] = [];
    await resumeTune(whole.directory, options({ onEvent: (event) => events.push(event) }));
    expect(events.map(({ kind }) => kind)).toEqual(["tune-plan"]);
    expect(await readFile(join(whole.directory, "tune.json"), "utf8")).toBe(before);
  });

  test("of a folder without a tune says so", async () => {
    await expect(resumeTune(folder, options())).rejects.toThrow(/holds no tune-source\.json/);
  });
});

describe("successive halving", () => {
  test("trains all settings briefly and the best for longer, and takes the best of the last rung", async () => {
    const path = await writeTune(folder, {
      tune: TUNE.replace(
        /strategy:.*/,
        "strategy: { kind: successive-halving, trials: 4, eta: 2, maximumRounds: 2 }\nseeds: [1]",
      ),
    });
    const directory = join(folder, "halving");
    await tune(await readTune(path), { ...options(), directory });
    const { trials, rungs, best } = await resultIn(directory);
    expect(rungs).toEqual([
      { trials: 4, rounds: 1 },
      { trials: 2, rounds: 2 },
    ]);
    expect(trials.map(({ rung }) => rung)).toEqual([1, 1, 1, 1, 2, 2]);
    const at = (rung: number) =>
      trials
        .filter((trial) => trial.rung === rung)
        .map(({ setting, outcome }) => ({
          setting,
          value: outcome.kind === "measured" ? outcome.value : NaN,
        }))
        .toSorted((a, b) => b.value - a.value || a.setting - b.setting)
        .map(({ setting }) => setting);
    expect(at(2).toSorted((a, b) => a - b)).toEqual(
      at(1)
        .slice(0, 2)
        .toSorted((a, b) => a - b),
    );
    expect([best!.rung, best!.setting]).toEqual([2, at(2)[0]]);
    const text = await readFile(join(directory, "best.yaml"), "utf8");
    expect(parseExperiment(text, "best.yaml").federation.rounds).toBe(2);
  });
});

describe("a setting that cannot be trained", () => {
  test("is a failed trial, and the others go on", async () => {
    const path = await writeTune(folder, {
      tune: TUNE.replace(/\{ low.*log \}/, "{ values: [1.0e+30, 0.01] }")
        .replace("[0.01, 1]", "[1]")
        .replace(/strategy:.*/, "strategy: { kind: grid }\nseeds: [1]"),
    });
    const directory = join(folder, "diverging");
    await tune(await readTune(path), { ...options(), directory });
    const { trials, best } = await resultIn(directory);
    expect(trials[0]!.outcome).toMatchObject({ kind: "failed" });
    expect(best!.setting).toBe(2);
  });
});

describe("the final run", () => {
  test("is an ordinary experiment of the best setting, on the test rows", async () => {
    const directory = join(folder, "final");
    const path = await writeTune(folder, {
      tune: TUNE.replace("trials: 3", "trials: 1").concat("seeds: [1]\nfinalTest: true\n"),
    });
    const outcome = await tune(await readTune(path), { ...options(), directory });
    expect(outcome).toMatchObject({ kind: "done", final: { directory: join(directory, "final") } });
    const result = JSON.parse(await readFile(join(directory, "final", "result.json"), "utf8")) as {
      seeds: number[];
      methods: object;
      experiment: { evaluation: { on: string } };
    };
    expect(result.seeds).toEqual([1, 2]);
    expect(Object.keys(result.methods)).toEqual([
      "popularity",
      "local",
      "fedprox",
      "best-possible",
    ]);
    expect(result.experiment.evaluation.on).toBe("test");
  });
});
