import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { experimentSchema } from "../experiment/index.ts";
import type { Result } from "../results/index.ts";
import type { RunEvent } from "./events.ts";
import { keptPools } from "./kept-pools.fixture.ts";
import { resumeRun, runExperiment } from "./run.ts";

const pools = keptPools();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-coordination-runs-"));
});
afterAll(async () => {
  await pools.close();
  await rm(folder, { recursive: true, force: true });
});

const experiment = experimentSchema.parse({
  name: "conflict",
  data: {
    kind: "scenarios",
    features: 4,
    units: 4,
    scenarios: { a: { rows: 400 }, b: { rows: 300 }, c: { rows: 300 } },
  },
  split: { kind: "random", valid: 0.3, test: 0.3 },
  model: { kind: "mmoe", width: 2, experts: 2, expertHidden: [4], towerHidden: [3] },
  methods: ["local", "pf-msmtrec"],
  federation: { rounds: 2 },
  training: { batchSize: 64, select: "last" },
  evaluation: { metrics: ["auc:click"], bootstrap: 100 },
  seeds: [1, 2],
});

async function run(name: string, stopAt?: number): Promise<Result> {
  const directory = join(folder, name);
  const abort = new AbortController();
  let seen = 0;
  const options = {
    threads: 1,
    openPool: pools.open,
    signal: abort.signal,
    now: () => new Date(),
    onEvent: (event: RunEvent) => {
      if (event.kind === "round" && event.method === "pf-msmtrec" && ++seen === stopAt)
        abort.abort();
    },
  };
  await runExperiment(experiment, { ...options, experimentDirectory: folder, directory });
  if (stopAt !== undefined)
    await resumeRun(directory, { ...options, signal: new AbortController().signal });
  const text = await readFile(join(directory, "result.json"), "utf8");
  return JSON.parse(text.replaceAll(/"seconds": [\d.e-]+/g, '"seconds": 0')) as Result;
}

test("observations, traffic by array and gates of a whole run, and of one that was stopped", async () => {
  const whole = await run("whole");
  const { local, "pf-msmtrec": pf } = whole.methods;

  expect(local!.coordination).toBeUndefined();
  const { clients, cosines } = pf!.coordination!;
  expect(clients).toEqual(["a", "b", "c"]);
  const rounds = cosines!["expert:0/scenario"]!;
  expect(rounds.map(({ round, seeds }) => [round, seeds])).toEqual([
    [0, 2],
    [1, 2],
  ]);
  for (const { rows } of rounds)
    rows.forEach((row, k) =>
      row.forEach((value, j) => {
        expect(value).toBe(rows[j]![k]);
        expect(Math.abs(value!)).toBeLessThanOrEqual(1);
        if (k === j) expect(value).toBe(1);
      }),
    );

  const { arrays, bytesUp, bytesDown } = pf!.stages!.find(({ stage }) => stage === "train")!;
  // One expert's scenario factor, as large as its weights: 2 rounds of 3 clients up, one round more down.
  const { up, down } = arrays!["expert:0/scenario"]!;
  expect(down).toBe((up / 2) * 3);
  expect(arrays!["expert:1/scenario"]).toEqual({ up, down });
  expect(Object.keys(arrays!).filter((name) => /^(gate|table|state)/.test(name))).toEqual([]);
  const sum = (of: "up" | "down") =>
    Object.values(arrays!).reduce((total, entry) => total + entry[of], 0);
  expect(bytesUp).toBeGreaterThan(sum("up"));
  expect(bytesDown).toBeGreaterThan(sum("down"));

  for (const { gates } of [local!, pf!]) {
    expect(gates!.seed).toBe(1);
    expect(gates!.tasks).toEqual(["click", "sale"]);
    expect(Object.keys(gates!.clients)).toEqual(["a", "b", "c"]);
    for (const shares of Object.values(gates!.clients).flat())
      expect(shares[0]! + shares[1]!).toBeCloseTo(1, 5);
  }

  expect(JSON.stringify(await run("stopped", 1))).toBe(JSON.stringify(whole));
});
