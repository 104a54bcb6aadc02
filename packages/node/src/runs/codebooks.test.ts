import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { experimentSchema } from "../experiment/index.ts";
import type { Result } from "../results/index.ts";
import type { RunEvent } from "./events.ts";
import { keptPools } from "./kept-pools.fixture.ts";
import { readRun, resumeRun, runExperiment } from "./run.ts";

const pools = keptPools();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-codebook-runs-"));
});
afterAll(async () => {
  await pools.close();
  await rm(folder, { recursive: true, force: true });
});

/** Two markets that hold items of one catalogue. */
const experiment = experimentSchema.parse({
  name: "codes",
  data: {
    kind: "synthetic",
    catalogue: { items: 25, share: 0.8 },
    markets: { a: { rows: 600 }, b: { rows: 400 } },
  },
  split: { kind: "random", valid: 0.2, test: 0.2 },
  model: { kind: "deepfm", width: 4, hidden: [4] },
  methods: [
    "local",
    {
      kind: "fedmm",
      collaborative: { rounds: 2, model: { kind: "mf-bpr", epochs: 2 } },
      codebooks: { entities: ["item"], codes: 256, width: 32, rounds: 3, localEpochs: 1 },
      channels: { scores: "none" },
    },
  ],
  federation: { rounds: 2 },
  training: { batchSize: 64 },
  evaluation: { bootstrap: 100 },
  seeds: [1],
});

const options = (signal: AbortSignal, onEvent: (event: RunEvent) => void = () => {}) => ({
  threads: 1,
  openPool: pools.open,
  signal,
  now: () => new Date(),
  onEvent,
});

async function files(directory: string) {
  const result = JSON.parse(await readFile(join(directory, "result.json"), "utf8")) as Result;
  for (const method of Object.values(result.methods)) method.seconds = 0;
  return { result, pages: await readFile(join(directory, "codebooks.json"), "utf8") };
}

test("traffic by stage, and codebooks, of a whole run and of one that was stopped", async () => {
  const events: RunEvent[] = [];
  const whole = join(folder, "whole");
  await runExperiment(experiment, {
    ...options(new AbortController().signal, (event) => events.push(event)),
    experimentDirectory: folder,
    directory: whole,
  });
  const { result, pages } = await files(whole);
  const { bytes, stages, codebooks } = result.methods["fedmm"]!;

  expect(stages!.map(({ stage, rounds, answers }) => [stage, rounds, answers])).toEqual([
    ["collaborative", 3, 6],
    // Two levels start, three rounds, the end.
    ["codebook", 6, 12],
    ["train", 3, 6],
    ["evaluate", 1, 2],
  ]);
  const sum = (of: (line: NonNullable<typeof stages>[number]) => number) =>
    stages!.reduce((total, line) => total + of(line), 0);
  expect([sum((line) => line.bytesUp), sum((line) => line.bytesDown)]).toEqual([
    bytes.up,
    bytes.down,
  ]);
  // 256 rows of 32 numbers and 256 counts, of four bytes: 33 KiB, and a header.
  const { largestUp } = stages!.find(({ stage }) => stage === "codebook")!;
  expect(largestUp).toBeGreaterThan(33 * 1024);
  expect(largestUp).toBeLessThan(34 * 1024);

  // What was announced is what came, stage by stage.
  const plan = events.find((event) => event.kind === "plan")!;
  const planned = plan.cells.find(({ method }) => method === "fedmm")!.stages;
  for (const { stage, rounds } of planned)
    expect(stages!.find((line) => line.stage === stage)!.rounds).toBe(rounds);

  const { clients, agreement } = codebooks!.item!;
  expect(Object.keys(clients)).toEqual(["a", "b"]);
  expect(agreement!.entities).toBeGreaterThan(4);
  expect(agreement!.comparisons).toBe(agreement!.entities);
  expect(result.methods["local"]!.codebooks).toBeUndefined();
  const shown = (await readRun(whole)).codebooks!.methods["fedmm"]!.entities.item!;
  expect(shown.uses!["a"]!.reduce((total, uses) => total + uses, 0)).toBe(clients["a"]!.entities);

  const abort = new AbortController();
  let seen = 0;
  const stopped = join(folder, "stopped");
  await runExperiment(experiment, {
    ...options(abort.signal, (event) => {
      if (event.kind === "round" && event.stage === "codebook" && ++seen === 3) abort.abort();
    }),
    experimentDirectory: folder,
    directory: stopped,
  });
  await resumeRun(stopped, options(new AbortController().signal));
  expect(await files(stopped)).toEqual({ result, pages });
});
