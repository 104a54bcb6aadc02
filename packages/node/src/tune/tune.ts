import { relative, resolve } from "node:path";
import { AtollError, type ErrorCode } from "@atoll/core/errors";
import { parseExperiment, type Experiment } from "../experiment/index.ts";
import { resumeRun, runExperiment, type RunEvent, type RunOptions } from "../runs/index.ts";
import { applySetting } from "./apply.ts";
import type { TuneEvent, TuneOutcome } from "./events.ts";
import { newTuneFolder, oldTuneFolder, type TuneFolder } from "./folder.ts";
import { promote } from "./halving.ts";
import { planTune, type TunePlan } from "./plan.ts";
import type { TuneSource } from "./read.ts";
import { tuneResultSchema, valueOf, type Trial, type TuneResult } from "./result.ts";
import { sharedPool } from "./shared-pool.ts";
import type { Setting } from "./space.ts";
import { trialExperiment } from "./trial-experiment.ts";

export interface TuneOptions extends Omit<RunOptions, "onEvent"> {
  /** Runs the best settings on the test rows in the end, whatever the tune file says. */
  readonly finalTest?: boolean;
  readonly onEvent: (event: TuneEvent) => void;
}

/** Searches a space of settings into a new folder. */
export async function tune(
  source: TuneSource,
  options: TuneOptions & { readonly directory: string },
): Promise<TuneOutcome> {
  // Every setting is checked before the folder is made.
  const plan = planTune(source);
  return withThreads(await newTuneFolder(options.directory, source), plan, options);
}

/** Continues the tune in a folder: no finished trial runs again. */
export async function resumeTune(directory: string, options: TuneOptions): Promise<TuneOutcome> {
  const { folder, source } = await oldTuneFolder(directory);
  return withThreads(folder, planTune(source), options);
}

/** Trials share their threads: to start one takes longer than to train a small model. */
async function withThreads(
  folder: TuneFolder,
  plan: TunePlan,
  options: TuneOptions,
): Promise<TuneOutcome> {
  const shared = sharedPool();
  try {
    return await execute(folder, plan, { ...options, openPool: shared.open });
  } finally {
    await shared.close();
  }
}

/** Errors that say "this setting does not work"; all others end the tune. */
const FAILURES: readonly ErrorCode[] = [
  "TRAINING_DIVERGED",
  "UPDATE_INVALID",
  "METRIC_UNDEFINED",
  "METRIC_SCORES",
  "ARENA_FULL",
  "MODEL_NEEDS_FEATURE",
  "MODEL_HAS_NO_START",
  "MODEL_START_MISMATCH",
];

async function execute(
  folder: TuneFolder,
  plan: TunePlan,
  options: TuneOptions,
): Promise<TuneOutcome> {
  const { onEvent } = options;
  const finished = await folder.readTrials();
  for (const trial of finished) await folder.drop(folder.runOf(trial));
  const { config, rungs, objective, higherIsBetter } = plan;
  onEvent({
    kind: "tune-plan",
    method: config.method,
    metric: objective,
    higherIsBetter,
    rungs,
    finished,
  });

  const trials: Trial[] = [];
  let best: Trial | undefined;
  let running = plan.settings.map((_, i) => i + 1);
  for (const [index, { rounds }] of rungs.entries()) {
    const rung = index + 1;
    const measured: Trial[] = [];
    for (const setting of running) {
      const done = finished.find((trial) => trial.setting === setting && trial.rung === rung);
      const trial = done ?? (await runTrial(folder, plan, { setting, rung, rounds }, options));
      if (trial === undefined)
        return { kind: "stopped", directory: folder.path, finished: trials.length };
      trials.push(trial);
      measured.push(trial);
    }
    const next = rungs[index + 1]?.trials ?? 1;
    const ranked = measured.map((trial) => ({ trial, value: valueOf(trial) }));
    const promoted = promote(ranked, next, higherIsBetter).map(({ trial }) => trial);
    if (promoted.length === 0) break;
    best = promoted[0];
    running = promoted.map(({ setting }) => setting).toSorted((a, b) => a - b);
  }

  const result = resultOf(plan, trials, best);
  await folder.write("tune.json", `${JSON.stringify(result, null, 2)}\n`);
  const text = best && bestExperiment(plan, best, folder.path);
  if (text !== undefined) await folder.write("best.yaml", text);
  let final: Extract<TuneOutcome, { kind: "done" }>["final"];
  if (text !== undefined && (options.finalTest ?? config.finalTest)) {
    const directory = resolve(folder.path, "final");
    onEvent({ kind: "final-start", directory });
    const outcome = await runOrResume(folder, directory, parseExperiment(text, "best.yaml"), {
      ...options,
      experimentDirectory: folder.path,
      onEvent: (event) => onEvent({ kind: "final-run", event }),
    });
    if (outcome.kind === "stopped")
      return { kind: "stopped", directory: folder.path, finished: trials.length };
    final = { directory, result: outcome.result };
  }
  return {
    kind: "done",
    result,
    directory: folder.path,
    best: text === undefined ? undefined : resolve(folder.path, "best.yaml"),
    final,
  };
}

/** Runs one trial, from its last checkpoint if there is one; undefined if it was stopped. */
async function runTrial(
  folder: TuneFolder,
  plan: TunePlan,
  name: { readonly setting: number; readonly rung: number; readonly rounds: number },
  options: TuneOptions,
): Promise<Trial | undefined> {
  const { signal, now, onEvent } = options;
  if (signal.aborted) return undefined;
  const { config, objective, selectBy, seeds } = plan;
  const values: Setting = plan.settings[name.setting - 1]!;
  const experiment = plan.experiments[name.setting - 1]!;
  // A space may hold federation.rounds itself; only successive halving sets them.
  const rounds =
    config.strategy.kind === "successive-halving" ? name.rounds : experiment.federation.rounds;
  onEvent({ kind: "trial-start", setting: name.setting, rung: name.rung, rounds, values });
  const directory = folder.runOf(name);
  const startedMs = now().getTime();
  let outcome: Trial["outcome"] | undefined;
  try {
    outcome = await measureTrial(
      folder,
      directory,
      trialExperiment(experiment, { method: config.method, objective, selectBy, rounds, seeds }),
      { plan, options },
    );
  } catch (error) {
    if (!(error instanceof AtollError) || !FAILURES.includes(error.code)) throw error;
    outcome = { kind: "failed", code: error.code, message: error.message };
  }
  if (outcome === undefined) return undefined;
  const seconds = (now().getTime() - startedMs) / 1000;
  const trial: Trial = {
    setting: name.setting,
    rung: name.rung,
    rounds,
    values,
    outcome,
    seconds,
  };
  await folder.writeTrial(trial);
  await folder.drop(directory);
  onEvent({ kind: "trial-end", trial });
  return trial;
}

async function measureTrial(
  folder: TuneFolder,
  directory: string,
  experiment: Experiment,
  { plan, options }: { readonly plan: TunePlan; readonly options: TuneOptions },
): Promise<Trial["outcome"] | undefined> {
  const { method } = plan.config;
  const run = await runOrResume(folder, directory, experiment, {
    ...options,
    experimentDirectory: plan.source.experimentDirectory,
    onEvent: (event) => options.onEvent({ kind: "trial-run", event }),
  });
  if (run.kind === "stopped") return undefined;
  const measured = run.result.methods[method]!;
  const macro = measured.macro[plan.objective];
  if (macro === undefined || !Number.isFinite(macro.mean)) {
    const without = Object.entries(measured.clients)
      .filter(([, metrics]) => metrics[plan.objective] === undefined)
      .map(([client]) => client);
    return {
      kind: "failed",
      code: "METRIC_UNDEFINED",
      message: `${plan.objective} of the validation rows is undefined for ${without.join(", ")}; give them more validation rows or tune by another objective`,
    };
  }
  return {
    kind: "measured",
    value: macro.mean,
    sd: macro.sd,
    clients: Object.fromEntries(
      Object.entries(measured.clients).map(([client, metrics]) => [
        client,
        metrics[plan.objective]!.mean,
      ]),
    ),
    rounds: measured.rounds,
  };
}

async function runOrResume(
  folder: TuneFolder,
  directory: string,
  experiment: Experiment,
  options: Omit<TuneOptions, "onEvent"> & {
    readonly experimentDirectory: string;
    readonly onEvent: (event: RunEvent) => void;
  },
) {
  if (await folder.hasRun(directory)) return resumeRun(directory, options);
  await folder.drop(directory);
  return runExperiment(experiment, { ...options, directory });
}

function resultOf(plan: TunePlan, trials: readonly Trial[], best: Trial | undefined): TuneResult {
  return tuneResultSchema.parse({
    schema: "atoll/tune/v1",
    experiment: plan.base.name,
    method: plan.config.method,
    objective: { metric: plan.objective, higherIsBetter: plan.higherIsBetter },
    seeds: plan.seeds,
    strategy: plan.config.strategy,
    parameters: plan.config.space,
    rungs: plan.rungs,
    trials,
    ...(best && { best }),
  });
}

/** The experiment's text with the best setting filled in, to be run from the tune folder. */
function bestExperiment({ source, ...plan }: TunePlan, best: Trial, directory: string): string {
  const { document } = applySetting(
    { text: source.experimentText, experiment: plan.base },
    plan.parameters,
    best.values,
  );
  if (plan.config.strategy.kind === "successive-halving")
    document.setIn(["federation", "rounds"], best.rounds);
  const { data } = plan.base;
  if (data.kind === "files")
    document.setIn(
      ["data", "directory"],
      relative(directory, resolve(source.experimentDirectory, data.directory)) || ".",
    );
  document.commentBefore = ` Setting ${best.setting} of the tune in this folder: the best ${plan.objective} of ${plan.config.method} on validation rows.`;
  return document.toString({ lineWidth: 0 });
}
