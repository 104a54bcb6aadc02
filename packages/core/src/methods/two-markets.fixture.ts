import {
  columnsOfWorld,
  declaredSchema,
  scenariosConfig,
  splitClient,
  syntheticColumns,
  syntheticCommon,
  syntheticWorld,
  worldClients,
  type EvaluationPart,
  type SplitClient,
} from "../data/index.ts";
import type { ClientContext, Scorer } from "../federation/client-context.ts";
import { inProcess } from "../federation/in-process.fixture.ts";
import type { ClientStore } from "../federation/index.ts";
import { noCryptography } from "../federation/no-cryptography.fixture.ts";
import type { Stage } from "../federation/stage.ts";
import { modelConfig } from "../models/index.ts";
import { jaxExecutor } from "../tensor/index.ts";
import { trainingConfig } from "../training/index.ts";
import type { MethodSettings } from "./types.ts";

/** Two markets of the synthetic world; with a catalogue, which share its items by id. */
export function marketsOf(
  feedback: "explicit" | "implicit",
  catalogue?: { readonly items: number; readonly share: number },
): SplitClient[] {
  const world = syntheticWorld({
    kind: "synthetic",
    markets: { a: { rows: 300 }, b: { rows: 200 } },
    sharedTaste: 0.8,
    worldSeed: 1,
    ...(catalogue && { catalogue }),
  });
  const split = { kind: "random" as const, valid: 0.25, test: 0.25 };
  const negatives = { training: { ratio: 2 }, evaluation: { count: 5 } };
  return world.map(({ client, table }) =>
    splitClient(
      table,
      {
        client,
        columns: { ...syntheticColumns, timeUnit: "days" },
        feedback,
        split,
        ...(feedback === "implicit" && { negatives }),
      },
      1,
    ),
  );
}

export function settingsOf(own: Partial<MethodSettings> = {}): MethodSettings {
  return {
    model: modelConfig.parse({ kind: "deepfm", width: 3, hidden: [4] }),
    training: trainingConfig.parse({
      batchSize: 64,
      optimiser: { kind: "adam", learningRate: 0.01 },
      select: "last",
    }),
    federation: {
      rounds: 2,
      localEpochs: 1,
      clientsPerRound: "all",
      cohort: "fixed",
      shared: [],
      federatedEmbeddings: "mean",
    },
    selectBy: "auc",
    metrics: ["auc"],
    ties: "pessimistic",
    minPositives: 1,
    privacy: { kind: "none" },
    augmentation: { kind: "none" },
    validationLists: 1000,
    minCount: 1,
    common: syntheticCommon,
    features: {
      categorical: ["user", "item", "segment", "device", "category", "brand"].map((name) => ({
        name,
        of: ["item", "category", "brand"].includes(name) ? "item" : "user",
        numRows: 0,
      })),
      numeric: [
        { name: "age", of: "user" },
        { name: "price", of: "item" },
      ],
    },
    startFrom: [],
    ...own,
  };
}

/** A world of scenarios that know the labels click and sale, and share a hashed id feature. */
function scenarioWorldOf(rows: Readonly<Record<string, number>>) {
  return scenariosConfig.parse({
    kind: "scenarios",
    scenarios: Object.fromEntries(Object.entries(rows).map(([name, n]) => [name, { rows: n }])),
    features: 4,
    units: 4,
    bias: 0,
    ids: { fields: 1, values: 12, hash: 24 },
  });
}

/** Scenarios of that world, by name with so many rows. */
export function scenariosOf(
  rows: Readonly<Record<string, number>> = { a: 240, b: 160 },
): SplitClient[] {
  const world = scenarioWorldOf(rows);
  return worldClients(world).map(({ client, table }) =>
    splitClient(
      table,
      {
        client,
        columns: columnsOfWorld(world),
        feedback: "explicit",
        split: { kind: "random", valid: 0.25, test: 0.25 },
      },
      1,
    ),
  );
}

/** Settings for `scenariosOf`: a small mixture of experts with normalisation that learns both labels. */
export function scenarioSettings(own: Partial<MethodSettings> = {}): MethodSettings {
  return settingsOf({
    model: modelConfig.parse({
      kind: "mmoe",
      width: 3,
      experts: 2,
      expertHidden: [4],
      towerHidden: [3],
      batchNorm: true,
    }),
    selectBy: "auc:click",
    metrics: ["auc:click", "auc:sale"],
    common: ["id0"],
    features: declaredSchema(columnsOfWorld(scenarioWorldOf({ a: 50 }))),
    ...own,
  });
}

/** A party with nothing in its memory, and files that stay in ours. */
export function emptyContext(split: SplitClient): ClientContext {
  const files = new Map<string, Uint8Array>();
  const store: ClientStore = {
    write: async (file, pieces) => void files.set(file, Buffer.concat(pieces)),
    read: async (file) => files.get(file),
  };
  return {
    name: split.client,
    seed: 1,
    splits: [split],
    executor: jaxExecutor(),
    store,
    earlier: () => ({ read: async () => undefined }),
    cryptography: noCryptography,
    memory: {},
  };
}

export type { TrafficEntry } from "../federation/in-process.fixture.ts";

/**
 * Runs stages that leave a scorer, in-process: every message, and the scores of each market's test and
 * validation rows.
 * `interrupted`: stops after the first round and goes on with fresh clients.
 */
export async function runInMarkets(
  stages: () => readonly Stage[],
  contexts: readonly ClientContext[],
  interrupted = false,
) {
  const { run, reopen, close, traffic } = inProcess({ stages, contexts });
  if (interrupted) {
    await run(AbortSignal.abort());
    await reopen();
  }
  await run(new AbortController().signal);
  type Scores = Awaited<ReturnType<Scorer["score"]>>;
  const scores: Scores[] = [];
  const valid: { readonly part: EvaluationPart; readonly scores: Scores }[] = [];
  // One after the other, as the evaluation does: parts of one context share its scorer.
  for (const { memory } of contexts)
    for (const part of memory.data!.parts) {
      scores.push(await memory.scorer!.score(part.test.examples(), part.client));
      valid.push({ part, scores: await memory.scorer!.score(part.valid.examples(), part.client) });
    }
  await close();
  return { traffic, scores, valid };
}
