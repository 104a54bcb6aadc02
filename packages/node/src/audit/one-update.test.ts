import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { onnxExecutor } from "../executor/index.ts";
import { planOf } from "../runs/index.ts";
import { itemLeaks } from "./one-update.ts";
import { experimentOf, splitsOf, world } from "./world.fixture.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-update-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rows = { a: 160, b: 120 };

let attacks = 0;

async function leaksOf(
  privacy: Record<string, unknown>,
  { shared = ["id0"] }: { shared?: readonly string[] } = {},
) {
  const experiment = experimentOf({
    data: world(rows),
    // Of a model that starts at 0, gradients of a value's clicks and views cancel to the last bit.
    model: { kind: "fm", width: 4 },
    methods: [{ kind: "fedavg", privacy }],
    federation: { rounds: 3, shared },
  });
  const planned = planOf(experiment).methods[0]!;
  return itemLeaks(planned, {
    splits: splitsOf(rows),
    seed: 1,
    auditSeed: 1,
    executor: onnxExecutor({ intraOpThreads: 1 }),
    directory: join(folder, String(attacks++)),
    earlier: () => folder,
  });
}

/** Distinct values of id0 in a client's training rows, counted apart from any encoding. */
function heldBy(client: string): number {
  const split = splitsOf(rows).find((own) => own.client === client)!;
  const { column } = split.categorical.find(({ name }) => name === "id0")!;
  if (column.kind !== "text") throw new Error("text");
  return new Set(Array.from(split.train, (row) => column.values[column.codes[row]!])).size;
}

test("without privacy an update gives away every value of a shared feature, and no other", async () => {
  const leaks = await leaksOf({ kind: "none" });
  expect(Object.keys(leaks!)).toEqual(["a", "b"]);
  for (const client of ["a", "b"]) {
    const { held, notHeld, withoutPrivacy, asRun } = leaks![client]!["id0"]!;
    // Two ids in one bucket of 2,000 are one value to a table.
    expect(Math.abs(held - heldBy(client))).toBeLessThanOrEqual(3);
    expect(held + notHeld).toBe(2000);
    expect(withoutPrivacy).toEqual({ auc: 1, guessed: held, precision: 1, recall: 1 });
    expect(asRun).toBeUndefined();
  }
});

test.each([
  { kind: "local", noiseMultiplier: 1, clipNorm: 1, epsilon: 1000 },
  { kind: "distributed", noiseMultiplier: 1, clipNorm: 1, minimumClients: 2 },
  { kind: "dp-sgd", noiseMultiplier: 1, clipNorm: 1 },
])("noise of $kind hides them: AUC at chance", async (privacy) => {
  const leaks = await leaksOf(privacy);
  const found: number[] = [];
  let variance = 0;
  for (const client of ["a", "b"]) {
    const { held, withoutPrivacy, asRun } = leaks![client]!["id0"]!;
    expect(withoutPrivacy.recall).toBe(1);
    expect(asRun!.recall!).toBeLessThan(0.2);
    found.push(asRun!.auc!);
    // Of the AUC of `held` rows against the others, were they all alike.
    variance += 2001 / (12 * held * (2000 - held));
  }
  // The noise belongs to the audit's seed.
  if (privacy.kind === "local") expect(await leaksOf(privacy)).toEqual(leaks);
  const mean = found.reduce((sum, auc) => sum + auc, 0) / found.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan((4 * Math.sqrt(variance)) / found.length);
});

test("a trusted server sees all: central privacy protects what it publishes", async () => {
  const leaks = await leaksOf({ kind: "central", noiseMultiplier: 1, clipNorm: 1 });
  expect(leaks!["a"]!["id0"]!.asRun).toEqual(leaks!["a"]!["id0"]!.withoutPrivacy);
});

test("where no table travels there is nothing to look at", async () => {
  expect(await leaksOf({ kind: "none" }, { shared: [] })).toBeUndefined();
});
