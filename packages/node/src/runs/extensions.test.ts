import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readExperiment, type Experiment } from "../experiment/index.ts";
import type { Result } from "../results/index.ts";
import type { RunRecord } from "./folder.ts";
import { keptPools } from "./kept-pools.fixture.ts";
import { readRun, resumeRun, runExperiment, type RunOptions } from "./run.ts";

const pools = keptPools();
let folder: string;
let experiment: Experiment;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-extended-"));
  await mkdir(join(folder, "node_modules"));
  const installed = resolve(import.meta.dirname, "../../../../node_modules/@atoll");
  await symlink(installed, join(folder, "node_modules/@atoll"));
  const fixture = join(import.meta.dirname, "remembering.fixture.ts");
  await copyFile(fixture, join(folder, "mine.ts"));
  await writeFile(
    join(folder, "experiment.yaml"),
    `
extensions: [./mine.ts]
data: { kind: synthetic, markets: { a: { rows: 300 }, b: { rows: 200 } } }
split: { kind: random, valid: 0.2, test: 0.2 }
model: { kind: deepfm, width: 4, hidden: [8], batchNorm: true, embeddingStd: 0.1 }
methods: [local, fedavg, copied-fedavg, remembering]
federation: { rounds: 3, shared: [segment] }
training: { batchSize: 64, optimiser: { kind: adam, learningRate: 0.01 }, select: last }
evaluation: { bootstrap: 200 }
`,
  );
  experiment = await readExperiment(join(folder, "experiment.yaml"));
});
afterAll(async () => {
  await pools.close();
  await rm(folder, { recursive: true, force: true });
});

const options = (own: Partial<RunOptions> = {}): RunOptions => ({
  threads: 1,
  signal: new AbortController().signal,
  now: () => new Date(),
  onEvent: () => {},
  openPool: pools.open,
  ...own,
});

async function readJson<T>(...path: string[]): Promise<T> {
  return JSON.parse(await readFile(join(folder, ...path), "utf8")) as T;
}

/** What methods came to, without what time it took. */
async function methodsOf(run: string): Promise<Result["methods"]> {
  const { methods } = await readJson<Result>(run, "result.json");
  for (const method of Object.values(methods)) method.seconds = 0;
  return methods;
}

test("FedAvg's own definition as an extension gives its numbers bit for bit, and sends what it sends", async () => {
  const directory = join(folder, "whole");
  const outcome = await runExperiment(experiment, {
    ...options(),
    experimentDirectory: folder,
    directory,
  });
  expect(outcome.kind).toBe("done");
  const { fedavg, "copied-fedavg": copied, remembering } = await methodsOf("whole");
  const { kind: _, ...numbers } = copied!;
  const { kind: __, ...expected } = fedavg!;
  expect(numbers).toEqual(expected);
  expect(remembering!.macro["auc"]!.mean).not.toBe(fedavg!.macro["auc"]!.mean);
  const { messages } = await readRun(directory);
  expect(messages["copied-fedavg"]).toEqual(messages["fedavg"]);
});

test("run.json remembers the code by its hash, and the result says that it was used", async () => {
  const record = await readJson<RunRecord>("whole", "run.json");
  const hash = /^[0-9a-f]{64}$/;
  expect(record.extensions).toEqual([
    { module: "./mine.ts", files: { "mine.ts": expect.stringMatching(hash) } },
  ]);
  const { protocol } = await readJson<Result>("whole", "result.json");
  expect(protocol.find(({ topic }) => topic === "Code beside the library's")!.text).toBe(
    `./mine.ts (SHA-256 mine.ts ${record.extensions![0]!.files["mine.ts"]!.slice(0, 12)})`,
  );
});

test("stopped in the middle and resumed by threads that know nothing of it, memories go on", async () => {
  const directory = join(folder, "stopped");
  const given = { ...experiment, methods: ["remembering"] as never };
  for (const stopAfter of [2, 2, Infinity]) {
    const abort = new AbortController();
    let seen = 0;
    const own = options({
      signal: abort.signal,
      onEvent: (event) => {
        if (event.kind === "round" && ++seen === stopAfter) abort.abort();
      },
    });
    const { openPool: _, ...fresh } = own;
    const outcome = existsSync(directory)
      ? await resumeRun(directory, stopAfter === Infinity ? fresh : own)
      : await runExperiment(given, { ...own, experimentDirectory: folder, directory });
    expect(outcome.kind).toBe(stopAfter === Infinity ? "done" : "stopped");
  }
  const { remembering: whole } = await methodsOf("whole");
  const { remembering: resumed } = await methodsOf("stopped");
  expect(resumed!.clients).toEqual(whole!.clients);
  expect(resumed!.bytes).toEqual(whole!.bytes);
});

test("with other code a run is neither resumed nor read", async () => {
  const { extensions, ...record } = await readJson<RunRecord>("whole", "run.json");
  const [mine] = extensions!;
  await mkdir(join(folder, "older"));
  const older = { ...record, extensions: [{ ...mine, files: { "mine.ts": "0".repeat(64) } }] };
  await writeFile(join(folder, "older", "run.json"), JSON.stringify(older));
  const refusal = `extension ./mine.ts: mine.ts is not as when the run in ${join(folder, "older")} began`;
  await expect(resumeRun(join(folder, "older"), options())).rejects.toThrow(refusal);
  await expect(readRun(join(folder, "older"))).rejects.toThrow(/EXTENSION_CHANGED/);
});
