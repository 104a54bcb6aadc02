import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  oracleColumn,
  splitClient,
  syntheticColumns,
  syntheticWorld,
  type SplitClient,
} from "@atoll/core/data";
import { AtollError } from "@atoll/core/errors";
import { runStages, throughConnections } from "@atoll/core/federation";
import { parseExperiment } from "../experiment/index.ts";
import { planOf, stagesOf } from "../runs/index.ts";
import { workerPool, type PartySpec, type WorkerPool } from "./index.ts";

const experiment = parseExperiment(
  `
data: { kind: synthetic, markets: { a: { rows: 120 } } }
split: { kind: random, valid: 0.25, test: 0.25 }
model: { kind: lr }
methods: [local]
federation: { rounds: 1 }
`,
  "experiment.yaml",
);
const { entry, settings } = planOf(experiment).methods[0]!;
const [world] = syntheticWorld(
  experiment.data as Extract<typeof experiment.data, { kind: "synthetic" }>,
);
const split: SplitClient = splitClient(
  world!.table,
  {
    client: "a",
    columns: syntheticColumns,
    feedback: "explicit",
    split: experiment.split,
    oracleColumns: [oracleColumn],
  },
  1,
);

let folder: string;
let pool: WorkerPool;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-programs-"));
  pool = workerPool(1, { threadsPerClient: 1, executionProviders: ["cpu"] });
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true });
});

/** Trains the one client with these programs allowed, and says what was refused. */
async function train(id: string, programs?: readonly string[]): Promise<string | undefined> {
  const directory = join(folder, id);
  const spec: PartySpec = {
    id,
    name: "a",
    seed: 1,
    method: entry,
    settings,
    splits: ["1/a"],
    directory,
    privacy: {
      ledgerPath: join(folder, "ledger"),
      secretPath: join(folder, "secret"),
      accountName: "a",
      run: "r",
    },
    earlier: {},
    programs,
  };
  const party = await pool.open(spec, 60, () => split);
  try {
    await runStages({
      stages: stagesOf(entry, settings),
      ...throughConnections([party]),
      seed: 1,
      signal: new AbortController().signal,
      onEvent: () => {},
      checkpoint: async () => {},
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof AtollError) || error.code !== "PROGRAM_NOT_ALLOWED") throw error;
    return /SHA-256 ([0-9a-f]{64})/.exec(error.message)![1];
  } finally {
    await party.close();
  }
}

test("a worker compiles for a party no program but those allowed, which have the same hashes each time", async () => {
  const allowed: string[] = [];
  for (let refused = await train("0", []); refused !== undefined;) {
    expect(allowed).not.toContain(refused);
    allowed.push(refused);
    refused = await train(String(allowed.length), allowed);
  }
  expect(allowed.length).toBeGreaterThan(0);
  // Another party of the same thread may run any.
  expect(await train("any")).toBeUndefined();
});
