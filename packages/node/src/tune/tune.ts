import { resolve } from "node:path";
import { parseExperiment } from "../experiment/index.ts";
import { inOwnFolder } from "../runs/index.ts";
import { bestExperiment } from "./best-experiment.ts";
import type { TuneOutcome } from "./events.ts";
import { newTuneFolder, oldTuneFolder, type TuneFolder } from "./folder.ts";
import { promote } from "./halving.ts";
import { planTune, type TunePlan } from "./plan.ts";
import type { TuneSource } from "./read.ts";
import { tuneResultSchema, valueOf, type Trial, type TuneResult } from "./result.ts";
import { sharedPool } from "./shared-pool.ts";
import { runOrResume, runTrial, type TuneOptions } from "./trial.ts";

/** Searches a space of settings into a new folder. */
export async function tune(
  source: TuneSource,
  options: TuneOptions & { readonly directory: string },
): Promise<TuneOutcome> {
  // Every setting is checked before the folder is made.
  const plan = planTune(source);
  return inOwnFolder(options.directory, {
    open: () => newTuneFolder(options.directory),
    work: async (folder) => {
      await folder.writeSource(source);
      return withThreads(folder, plan, options);
    },
  });
}

/** Continues the tune in a folder: no finished trial runs again. */
export async function resumeTune(directory: string, options: TuneOptions): Promise<TuneOutcome> {
  return inOwnFolder(directory, {
    open: () => oldTuneFolder(directory),
    work: ({ folder, source }) => withThreads(folder, planTune(source), options),
  });
}

/** Trials share their threads: to start one takes longer than to train a small model. */
async function withThreads(
  folder: TuneFolder,
  plan: TunePlan,
  options: TuneOptions,
): Promise<TuneOutcome> {
  const shared = sharedPool(options.openPool);
  try {
    return await execute(folder, plan, { ...options, openPool: shared.open });
  } finally {
    await shared.close();
  }
}

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
    const outcome = await runOrResume(
      folder,
      directory,
      parseExperiment(text, "best.yaml", [], { directory: folder.path }),
      {
        ...options,
        experimentDirectory: folder.path,
        onEvent: (event) => onEvent({ kind: "final-run", event }),
      },
    );
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
