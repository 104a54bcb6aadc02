import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { uniform, streamOf } from "@atoll/core/random";
import { parseExperiment } from "../experiment/index.ts";
import { runExperiment } from "../runs/index.ts";
import { idlePools } from "../workers/idle-pools.fixture.ts";
import { readTune } from "./read.ts";
import { tune } from "./tune.ts";
import { writeTune } from "./tune.fixture.ts";

/** Both tunes and both runs share a thread, emptied after each: to start one takes longer than any of them. */
const threads = idlePools();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-test-rows-"));
});
afterAll(async () => {
  await threads.close();
  await rm(folder, { recursive: true, force: true });
});

const ROWS = 600;
const FIRST_TEST_ROW = 480;

/** Rows in the order of time, so that a time cut makes the last fifth the test rows. */
function rows(client: number, isPoisoned: boolean): string {
  const stream = streamOf(client, "rows");
  const lines = Array.from({ length: ROWS }, (_, time) => {
    const user = Math.floor(uniform(stream) * 30);
    const item = Math.floor(uniform(stream) * 20);
    const clicked = uniform(stream) < (item % 3 === 0 ? 0.8 : 0.2) ? 1 : 0;
    const label = isPoisoned && time >= FIRST_TEST_ROW ? 1 - clicked : clicked;
    return `u${user},i${item},${time},${label}`;
  });
  return ["user,item,time,label", ...lines, ""].join("\n");
}

const experiment = `
name: cut
data:
  kind: files
  columns: { user: user, item: item, time: time, label: label }
  feedback: explicit
  clients: { a: { path: a.csv }, b: { path: b.csv } }
split: { kind: time, valid: 0.2, test: 0.2 }
model: { kind: fm, width: 4 }
methods: [fedavg]
federation: { rounds: 3 }
training: { batchSize: 64 }
evaluation: { metrics: [auc, logloss], bootstrap: 100 }
`;

const tuning = `
experiment: tiny.yaml
method: fedavg
objective: logloss
space: { training.optimiser.learningRate: { values: [0.001, 0.03] } }
strategy: { kind: grid }
`;

const run = {
  threads: 1,
  openPool: threads.open,
  signal: new AbortController().signal,
  now: () => new Date(0),
  onEvent: () => {},
};

test("changing every label of the test rows leaves the tune's result as it was, byte for byte", async () => {
  const path = await writeTune(folder, { tune: tuning, experiment });
  const text: string[] = [];
  const tested: number[] = [];
  for (const isPoisoned of [false, true]) {
    for (const [i, client] of ["a", "b"].entries())
      await writeFile(join(folder, `${client}.csv`), rows(i, isPoisoned));
    const directory = join(folder, `tune-${isPoisoned}`);
    await tune(await readTune(path), { ...run, directory });
    text.push(
      (await readFile(join(directory, "tune.json"), "utf8")) +
        (await readFile(join(directory, "best.yaml"), "utf8")),
    );
    const outcome = await runExperiment(parseExperiment(experiment, "tiny.yaml"), {
      ...run,
      experimentDirectory: folder,
      directory: join(folder, `run-${isPoisoned}`),
    });
    if (outcome.kind !== "done") throw new Error("stopped");
    tested.push(outcome.result.methods["fedavg"]!.macro["auc"]!.mean);
  }
  expect(text[1]).toBe(text[0]);
  // The poison is real: an ordinary run, which reads the test rows, gives the opposite order.
  expect(tested[0]! + tested[1]!).toBeCloseTo(1, 6);
  expect(Math.abs(tested[0]! - tested[1]!)).toBeGreaterThan(0.1);
});
