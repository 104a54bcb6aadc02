import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { SplitClient } from "@atoll/core/data";
import { AtollError } from "@atoll/core/errors";
import { methodOf } from "@atoll/core/methods";
import { streamOf } from "@atoll/core/random";
import { onnxExecutor } from "../executor/index.ts";
import type { Experiment } from "../experiment/index.ts";
import { newRunFolder, oldRunFolder, type RunFolder } from "../runs/folder.ts";
import { planOf } from "../runs/plan.ts";
import { prepareClients } from "../runs/prepare.ts";
import { withoutTestRows } from "../runs/without-test-rows.ts";
import { attackByTraining, type AuditContext } from "./attack-by-training.ts";
import { draftOf, exceededIn } from "./drafts.ts";
import type { AuditEvent } from "./events.ts";
import { itemLeaks } from "./one-update.ts";
import type { AuditOptions } from "./options.ts";
import type { AuditResult } from "./result.ts";
import { sampleRows, type AttackedRows } from "./rows.ts";
import { chosenMethods, openTargets } from "./targets.ts";

/** Rows of a kind that are attacked at most, per client. */
const MOST_ROWS = 20_000;

/**
 * Attacks the models that a run trained with its first seed, and writes `audit.json` into its folder. What attacks
 * train lies in a folder beside it while they last.
 */
export async function auditRun(directory: string, options: AuditOptions): Promise<AuditResult> {
  const { shadows, seed, onEvent } = options;
  checkShadows(shadows);
  const { folder, record, extensions } = await oldRunFolder(directory);
  const experiment = record.experiment as Experiment;
  checkStorage(experiment, directory);
  const runSeed = experiment.seeds[0]!;
  const plan = planOf(experiment);
  const chosen = await chosenMethods(plan, options.methods, { folder, seed: runSeed });
  const splits = await splitsOf(experiment, record.experimentDirectory, options);
  const rows = new Map(splits.map((split) => [split.client, attackedRows(split, seed)]));
  const { attacked, notAttacked } = await openTargets(chosen, {
    folder,
    seed: runSeed,
    splits,
    rows,
    executor: executorOf(experiment),
    named: options.methods !== undefined,
    onTarget: (method) => onEvent({ kind: "attack", method, attack: "threshold" }),
  });
  const drafts = new Map(
    attacked.map((target) => [target, draftOf(target, { rows, seed })] as const),
  );
  await withScratch(directory, async (scratch) => {
    const context = {
      plan,
      splits,
      rows,
      drafts,
      experiment,
      folder,
      scratch,
      extensions,
      options,
    };
    await attackByTraining(context);
    await attackUpdates(context, runSeed);
  });
  const methods = Object.fromEntries(
    [...drafts].map(([{ planned }, draft]) => [planned.entry.name, draft]),
  );
  const result: AuditResult = {
    schema: "atoll/audit/v1",
    experiment: experiment.name,
    seed,
    runSeed,
    shadows,
    methods,
    notAttacked,
    exceeded: exceededIn(methods),
  };
  await folder.writeJson("audit.json", result);
  return result;
}

/** What one update of each client gives away, of methods in which tables travel. */
async function attackUpdates(
  { splits, drafts, experiment, folder, scratch, options }: AuditContext,
  runSeed: number,
): Promise<void> {
  for (const [{ planned }, draft] of drafts) {
    const { kind, name } = planned.entry;
    options.signal.throwIfAborted();
    if (methodOf(kind).parties !== "clients") continue;
    options.onEvent({ kind: "attack", method: name, attack: "items" });
    const items = await itemLeaks(planned, {
      splits,
      seed: runSeed,
      auditSeed: options.seed,
      executor: executorOf(experiment),
      directory: join(scratch.path, "updates", encodeURIComponent(name)),
      earlier: (method, party) => folder.party({ seed: runSeed, method }, party),
    });
    if (items !== undefined) draft.items = items;
  }
}

/** The run's rows, split as they were. */
async function splitsOf(
  experiment: Experiment,
  experimentDirectory: string,
  { signal, onEvent }: AuditOptions,
): Promise<readonly SplitClient[]> {
  const [seed] = experiment.seeds;
  const prepared = await prepareClients(
    { ...experiment, seeds: [seed!] },
    experimentDirectory,
    // Preparing reads and splits, and tells of nothing else.
    (event) => onEvent(event as AuditEvent),
    signal,
  );
  const { on } = experiment.evaluation;
  return (on === "validation" ? withoutTestRows(prepared) : prepared).get(seed!)!;
}

function attackedRows({ client, train, test }: SplitClient, seed: number): AttackedRows {
  const sample = (rows: Int32Array, kind: string) =>
    sampleRows(rows, MOST_ROWS, streamOf(seed, "attacked rows", client, kind));
  return { members: sample(train, "members"), nonMembers: sample(test, "non-members") };
}

function executorOf({ engine: { threadsPerClient, executionProviders } }: Experiment) {
  return onnxExecutor({ intraOpThreads: threadsPerClient, executionProviders });
}

async function withScratch(
  directory: string,
  work: (folder: RunFolder) => Promise<void>,
): Promise<void> {
  const path = join(directory, "audit.tmp");
  await rm(path, { recursive: true, force: true });
  try {
    await work(await newRunFolder(path));
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

function checkShadows(shadows: number): void {
  if (shadows === 0 || (shadows >= 4 && shadows % 2 === 0)) return;
  throw new AtollError(
    "AUDIT_SHADOWS",
    `--shadows ${shadows} leaves rows without two models on either side; give an even number of at least 4, or 0 for none`,
  );
}

function checkStorage({ data }: Experiment, directory: string): void {
  if (data.kind !== "files" || data.storage !== "disk") return;
  throw new AtollError(
    "AUDIT_STORAGE",
    `the run in ${directory} trained from rows on disk, and attacks need them in memory; run a part of the rows with --set data.storage=memory, and attack that run`,
  );
}
