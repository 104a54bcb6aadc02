import { AtollError, type ErrorCode } from "@atoll/core/errors";
import type { Experiment } from "../experiment/index.ts";
import {
  resumeRun,
  runExperiment,
  type RunEvent,
  type RunOptions,
  type RunOutcome,
} from "../runs/index.ts";
import type { TuneEvent } from "./events.ts";
import type { TuneFolder } from "./folder.ts";
import type { TunePlan } from "./plan.ts";
import type { Trial } from "./result.ts";
import type { Setting } from "./space.ts";
import { trialExperiment } from "./trial-experiment.ts";

export interface TuneOptions extends Omit<RunOptions, "onEvent"> {
  /** Runs the best settings on the test rows in the end, whatever the tune file says. */
  readonly finalTest?: boolean;
  readonly onEvent: (event: TuneEvent) => void;
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

/** Runs one trial, from its last checkpoint if there is one; undefined if it was stopped. */
export async function runTrial(
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
  const without = Object.entries(measured.clients)
    .filter(([, metrics]) => metrics[plan.objective] === undefined)
    .map(([client]) => client);
  if (macro === undefined || !Number.isFinite(macro.mean) || without.length > 0) {
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

/** Runs an experiment in a folder, or continues the run that was begun there. */
export async function runOrResume(
  folder: TuneFolder,
  directory: string,
  experiment: Experiment,
  options: Omit<TuneOptions, "onEvent"> & {
    readonly experimentDirectory: string;
    readonly onEvent: (event: RunEvent) => void;
  },
): Promise<RunOutcome> {
  if (await folder.hasRun(directory)) return resumeRun(directory, options);
  await folder.drop(directory);
  return runExperiment(experiment, { ...options, directory });
}
