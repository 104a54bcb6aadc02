import { availableParallelism } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { rm } from "node:fs/promises";
import { AtollError } from "@atoll/core/errors";
import type { Experiment } from "../experiment/index.ts";
import { resultSchema, type Result } from "../results/index.ts";
import {
  changeRun,
  planOf,
  resumeRun,
  runExperiment,
  runFolder,
  type CellName,
  type RunEvent,
  type RunOptions,
} from "../runs/index.ts";
import { sharedPool } from "../tune/index.ts";
import type { CompareEvent } from "./events.ts";
import type { ComparisonFolder } from "./folder.ts";
import { giveUp } from "./give-up.ts";
import type { ComparisonPlan, PlannedRun } from "./plan.ts";
import { runSideBySide } from "./side-by-side.ts";
import { openSlots } from "./slots.ts";

export interface CompareOptions {
  /** Threads in all, shared by runs; default: the machine's cores. */
  readonly threads?: number;
  /** Stops between rounds; what was done is saved. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly onEvent: (event: CompareEvent) => void;
  /** Where worker threads come from; default: new ones, which end with the comparison. */
  readonly openPool?: NonNullable<RunOptions["openPool"]>;
}

/** What the runs of a plan came to: their results in the plan's order, or how far they are. */
export type Executed =
  | { readonly kind: "done"; readonly plan: ComparisonPlan; readonly results: readonly Result[] }
  | { readonly kind: "stopped"; readonly finished: number; readonly total: number };

/**
 * Runs what a plan lacks. Runs share the machine: the next one starts as soon as those before leave room for a
 * training, so that nobody waits for another run's last cell. A method whose loss is no number is given up, in its
 * run alone; the plan says so. Any other error stops new runs, and is thrown once those that go on have ended.
 */
export async function executePlan(
  folder: ComparisonFolder,
  given: ComparisonPlan,
  options: CompareOptions,
): Promise<Executed> {
  const { signal, onEvent, threads = availableParallelism() } = options;
  let plan = given;
  const results = new Map<string, Result>();
  const begun = await Promise.all(given.runs.map((run) => progressOf(folder, run)));
  const widest = Math.max(
    ...given.runs.map(({ experiment }) => experiment.engine.threadsPerClient),
  );
  const trainings = Math.max(1, Math.floor(threads / widest));
  onEvent({ kind: "compare-plan", directory: folder.path, runs: begun, trainings });
  const total = begun.reduce((sum, { cells }) => sum + cells.length, 0);
  let finished = begun.reduce((sum, own) => sum + own.finished, 0);

  let nudge = () => {};
  const slots = openSlots(trainings, () => nudge());
  const shared = sharedPool(options.openPool);
  let writing = Promise.resolve();

  const execute = async (name: string, onTraining: () => void): Promise<void> => {
    const runOf = () => plan.runs.find((own) => own.name === name)!;
    const { folder: own } = runOf();
    const directory = folder.run(own);
    const done = await resultOf(folder, runOf());
    if (done !== undefined) {
      results.set(name, done);
      return;
    }
    onEvent({ kind: "run-start", run: name });
    for (;;) {
      const failures: Extract<RunEvent, { kind: "cell-failed" }>[] = [];
      const runOptions: RunOptions = {
        threads,
        signal,
        now: options.now,
        openPool: shared.open,
        onEvent: (event) => {
          if (event.kind === "cell-end") finished += 1;
          if (event.kind === "cell-failed") failures.push(event);
          onEvent({ kind: "run-event", run: name, event });
        },
        inTurn: (training) =>
          slots.use(() => {
            onTraining();
            return training();
          }),
      };
      try {
        const { experiment, directory: experimentDirectory } = runOf();
        const outcome = await runOrResume(directory, experiment, {
          ...runOptions,
          experimentDirectory,
        });
        if (outcome.kind === "done") {
          results.set(name, outcome.result);
          onEvent({ kind: "run-end", run: name, cells: planOf(experiment).cells.length });
        }
        return;
      } catch (error) {
        const diverged = failures.filter(({ code }) => code === "TRAINING_DIVERGED");
        const isOwn = error instanceof AtollError && error.code === "TRAINING_DIVERGED";
        if (!isOwn || diverged.length === 0) throw error;
        const left = giveUp(runOf(), diverged);
        if (left === undefined) throw error;
        for (const { method, seed, message } of diverged)
          onEvent({ kind: "method-failed", run: name, method, seed, message });
        plan = { ...plan, runs: plan.runs.map((run) => (run.name === name ? left : run)) };
        const changed = plan;
        writing = writing.then(() => folder.writePlan(changed));
        await writing;
      }
    }
  };

  try {
    await runSideBySide(
      given.runs.map(({ name }) => name),
      {
        execute,
        hasRoom: () => slots.hasRoom() && !signal.aborted,
        isOver: () => signal.aborted,
        onChange: (listener) => (nudge = listener),
      },
    );
  } finally {
    await shared.close();
  }
  if (results.size < given.runs.length) return { kind: "stopped", finished, total };
  return { kind: "done", plan, results: plan.runs.map(({ name }) => results.get(name)!) };
}

/** Runs an experiment in a folder, or goes on there, with what has come to its methods and seeds since. */
async function runOrResume(
  directory: string,
  experiment: Experiment,
  options: RunOptions & { readonly experimentDirectory: string },
) {
  const record = await runFolder(directory).readJson<{ readonly experiment: Experiment }>(
    "run.json",
  );
  if (record === undefined) {
    // A kill may have come between the folder and its first file.
    await rm(directory, { recursive: true, force: true });
    return runExperiment(experiment, { ...options, directory });
  }
  if (!isSame(record.experiment, experiment)) await changeRun(directory, experiment);
  return resumeRun(directory, options);
}

/** The result that a run has already; undefined: there is something left to do. */
async function resultOf(folder: ComparisonFolder, run: PlannedRun): Promise<Result | undefined> {
  const own = runFolder(folder.run(run.folder));
  const record = await own.readJson<{ readonly experiment: Experiment }>("run.json");
  const result = await own.readJson<unknown>("result.json");
  if (record === undefined || result === undefined) return undefined;
  const parsed = resultSchema.parse(result);
  const fits =
    isSame(record.experiment, run.experiment) && isSame(parsed.experiment, run.experiment);
  return fits ? parsed : undefined;
}

/** As files have them: without what is undefined. */
function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
}

async function progressOf(folder: ComparisonFolder, { name, folder: own, experiment }: PlannedRun) {
  const directory = folder.run(own);
  const { cells } = planOf(experiment);
  const run = runFolder(directory);
  const done = await Promise.all(
    cells.map(async (cell: CellName) => ((await run.readCell(cell)) === undefined ? 0 : 1)),
  );
  return { name, directory, cells, finished: done.reduce<number>((sum, one) => sum + one, 0) };
}
