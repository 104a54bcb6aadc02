import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Result } from "../results/index.ts";
import { engineConfig, onnxExecutor } from "../executor/index.ts";
import type { Experiment } from "../experiment/index.ts";
import { oldRunFolder } from "../runs/folder.ts";
import { planOf, runExperiment } from "../runs/index.ts";
import { prepareClients } from "../runs/prepare.ts";
import { workerPool, type WorkerPool } from "../workers/index.ts";
import { auditRun } from "./audit.ts";
import type { AuditEvent } from "./events.ts";
import type { AuditOptions } from "./options.ts";
import { auditResult, type AuditResult } from "./result.ts";
import { chosenMethods, openTargets } from "./targets.ts";
import { experimentOf } from "./world.fixture.ts";

/** Threads that all runs and audits of this file share: starting them takes longer than what they do. */
let pool: WorkerPool;
const openPool = () => ({ ...pool, close: pool.clear });

let folder: string;
let directory: string;
beforeAll(async () => {
  pool = workerPool(2, engineConfig.parse({}));
  folder = await mkdtemp(join(tmpdir(), "atoll-audit-"));
  directory = join(folder, "run");
  const clipped = { kind: "dp-sgd", clipNorm: 1, delta: 1e-5 };
  await runExperiment(
    experimentOf({
      methods: [
        "local",
        // The noise was forgotten, and yet something is promised: see `claim`.
        { kind: "local", name: "broken", privacy: { ...clipped, noiseMultiplier: 0 } },
        { kind: "local", name: "private", privacy: { ...clipped, epsilon: 1 } },
      ],
    }),
    {
      experimentDirectory: folder,
      directory,
      threads: 2,
      signal: new AbortController().signal,
      now: () => new Date(),
      onEvent: () => {},
      openPool,
    },
  );
  await claim("broken", 1);
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true, force: true });
});

const cellOf = (method: string) => join(directory, "checkpoints", "seed-1", method, "done.json");

/** Has the ledger of a method's cell promise another epsilon. */
async function claim(method: string, epsilon: number) {
  type Record = { privacy: { a: { spent: { epsilon: number | null } } } };
  const record = JSON.parse(await readFile(cellOf(method), "utf8")) as Record;
  record.privacy.a.spent.epsilon = epsilon;
  await writeFile(cellOf(method), JSON.stringify(record));
}

const audit = (own: Partial<AuditOptions>) =>
  auditRun(directory, {
    shadows: 0,
    seed: 1,
    threads: 2,
    signal: new AbortController().signal,
    now: () => new Date(),
    onEvent: () => {},
    openPool,
    ...own,
  });

describe("attacks on rows", () => {
  let result: AuditResult;
  const events: AuditEvent[] = [];
  beforeAll(async () => {
    result = await audit({
      shadows: 8,
      canaries: 0,
      methods: ["local", "private"],
      onEvent: (event) => events.push(event),
    });
  });
  const of = (method: string) => result.methods[method]!.clients["a"]!;

  test("find the training rows of a model that overfits, best by likelihood ratios", () => {
    const { threshold, likelihoodRatio } = of("local");
    expect(threshold.auc.low).toBeGreaterThan(0.55);
    expect(likelihoodRatio!.auc.value).toBeGreaterThan(0.72);
    expect(likelihoodRatio!.auc.value).toBeGreaterThan(threshold.auc.value);
    expect(likelihoodRatio!.accuracy.low).toBeGreaterThan(0.5);
  });

  test("find nothing under strong noise: one half is within five standard errors, whatever the noise", () => {
    const { threshold, likelihoodRatio } = of("private");
    for (const { auc, accuracy, epsilon } of [threshold, likelihoodRatio!]) {
      for (const { value, low, high } of [auc, accuracy])
        expect(Math.abs(value - 0.5)).toBeLessThan((5 * (high - low)) / (2 * 1.96));
      expect(epsilon).toBeLessThan(1);
    }
  });

  test("say how many trainings there are, and count them", () => {
    const plan = events.find((event) => event.kind === "audit-plan");
    expect(plan).toMatchObject({ methods: ["local", "private"], trainings: 16 });
    const trained = events.filter((event) => event.kind === "trained");
    expect(trained.map(({ done }) => done)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  });

  test("look at the model that the run tested: the mean loss of its test rows is the run's log loss", async () => {
    const run = JSON.parse(await readFile(join(directory, "result.json"), "utf8")) as Result;
    expect(of("local").threshold.nonMembers).toBe(run.clients["a"]!.test);
    const losses = await lossesOfTestRows();
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    const measured = run.methods["local"]!.clients["a"]!["logloss:click"]!.mean;
    expect(mean).toBeCloseTo(measured, 6);
  });
});

describe("canaries", () => {
  let result: AuditResult;
  const options = { canaries: 200, methods: ["broken", "private"] };
  beforeAll(async () => {
    result = await audit(options);
  });
  const canariesOf = (method: string) => result.methods[method]!.parties["a"]!.canaries!;

  test("do not refute a promise that is kept", () => {
    const { claim: promised } = result.methods["private"]!.parties["a"]!;
    expect(promised).toMatchObject({ unit: "example", delta: 1e-5, covers: true });
    expect(promised!.epsilon).toBeLessThanOrEqual(1);
    expect(promised!.epsilon).toBeGreaterThan(0.9);
    expect(canariesOf("private").epsilon).toBeLessThanOrEqual(promised!.epsilon as number);
  });

  test("catch the promise whose noise was forgotten, and no other", () => {
    const { epsilon, epsilonTogether, auc } = canariesOf("broken");
    expect(auc.low).toBeGreaterThan(0.9);
    expect(epsilonTogether).toBeGreaterThan(1.5);
    expect(epsilon).toBeGreaterThanOrEqual(epsilonTogether);
    expect(result.exceeded).toEqual([
      { method: "broken", party: "a", bound: epsilonTogether, claimed: 1 },
    ]);
  });

  test("are the same for the same seed, noise included, however many threads there are", async () => {
    expect(await audit({ ...options, threads: 1 })).toEqual(result);
  });

  test("leave audit.json, as its schema says, and nothing else", async () => {
    const written: unknown = JSON.parse(await readFile(join(directory, "audit.json"), "utf8"));
    expect(auditResult.parse(written)).toEqual(result);
    expect(await readdir(directory)).not.toContain("audit.tmp");
  });

  test("are the default where DP-SGD protects examples, and nowhere else", async () => {
    const planned: unknown[] = [];
    const abort = new AbortController();
    const stopped = audit({
      signal: abort.signal,
      onEvent: (event) => {
        if (event.kind !== "audit-plan") return;
        planned.push([event.methods, event.trainings]);
        abort.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(planned).toEqual([[["local", "broken", "private"], 2]]);
  });
});

/** The losses of the run's test rows under its local model, as the audit takes them. */
async function lossesOfTestRows(): Promise<Float64Array> {
  const { folder: run, record } = await oldRunFolder(directory);
  const experiment = record.experiment as Experiment;
  const signal = new AbortController().signal;
  const splits = (await prepareClients(experiment, folder, () => {}, signal)).get(1)!;
  const [split] = splits;
  const { attacked } = await openTargets(
    await chosenMethods(planOf(experiment), ["local"], { folder: run, seed: 1 }),
    {
      folder: run,
      seed: 1,
      splits,
      rows: new Map([["a", { members: split!.train, nonMembers: split!.test }]]),
      executor: onnxExecutor({ intraOpThreads: 1 }),
      named: true,
      onTarget: () => {},
    },
  );
  const all = attacked[0]!.parties[0]!.losses.get("a")!;
  return all.subarray(split!.train.length);
}

describe("what cannot be attacked", () => {
  test("a method that the run does not have, or that stores no model", async () => {
    await expect(audit({ methods: ["locl"] })).rejects.toMatchObject({
      code: "AUDIT_METHOD",
      message:
        'the run has no method "locl"; did you mean "local"?; there are: local, broken, private, best-possible',
    });
    await expect(audit({ methods: ["best-possible"] })).rejects.toMatchObject({
      code: "AUDIT_METHOD",
      message:
        "method best-possible cannot be attacked: it stores no trained model; leave it out of --methods",
    });
  });

  test("a method that has not finished", async () => {
    const record = await readFile(cellOf("private"));
    await rm(cellOf("private"));
    try {
      await expect(audit({ methods: ["private"] })).rejects.toMatchObject({
        code: "AUDIT_UNFINISHED",
        message: `method private of seed 1 has not finished in ${directory}; finish the run with atoll run --resume ${directory}, or name finished methods with --methods`,
      });
    } finally {
      await writeFile(cellOf("private"), record);
    }
  });

  test("a folder without a run, and too few or an odd number of shadow models", async () => {
    await expect(
      auditRun(folder, {
        shadows: 0,
        seed: 1,
        signal: new AbortController().signal,
        now: () => new Date(),
        onEvent: () => {},
      }),
    ).rejects.toMatchObject({ code: "RUN_FOLDER_MISSING" });
    for (const shadows of [2, 7])
      await expect(audit({ shadows })).rejects.toMatchObject({ code: "AUDIT_SHADOWS" });
  });

  test("stopped, it keeps nothing", async () => {
    const abort = new AbortController();
    const stopped = audit({
      shadows: 4,
      methods: ["local"],
      signal: abort.signal,
      onEvent: (event) => event.kind === "trained" && abort.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(await readdir(directory)).not.toContain("audit.tmp");
  });
});
