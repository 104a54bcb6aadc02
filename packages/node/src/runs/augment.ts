import {
  askingTasks,
  askMissing,
  checkRemote,
  connectionsOf,
  inspectAugmentation,
  jobOf,
  planAugmentation,
  tasksOf,
  type Asked,
  type AugmentationInspection,
  type AugmentationPlace,
  type AugmentationPlan,
  type AugmentationTask,
} from "../augmentation/index.ts";
import { AtollError } from "@atoll/core/errors";
import type { Experiment } from "../experiment/index.ts";
import { placeOfExperiment } from "./augmentation.ts";
import type { RunEvent } from "./events.ts";
import { planOf } from "./plan.ts";
import { prepareClients } from "./prepare.ts";

export interface AugmentOptions {
  readonly experimentDirectory: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/** What a run of the experiment would ask, job by job; nobody is asked, and nothing needs to be allowed. */
export async function planAugmentations(
  experiment: Experiment,
  options: AugmentOptions,
): Promise<readonly AugmentationPlan[]> {
  const { tasks, place } = await openTasks(experiment, options);
  const plans: AugmentationPlan[] = [];
  for (const connection of await connectionsOf(askingTasks(tasks), place))
    plans.push(await planAugmentation(connection, options));
  return plans;
}

/** Asks for all that a run of the experiment would ask for; that run then asks nobody. */
export async function askAugmentations(
  experiment: Experiment,
  options: AugmentOptions,
): Promise<readonly Asked[]> {
  for (const method of planOf(experiment).methods) {
    const settings = jobOf(method)?.settings;
    if (settings !== undefined) checkRemote(method.entry.name, settings);
  }
  const { tasks, place } = await openTasks(experiment, options);
  const asked: Asked[] = [];
  for (const connection of await connectionsOf(askingTasks(tasks), place))
    asked.push(await askMissing(connection, { ...options, environment: process.env }));
  return asked;
}

/** What augmentation says as far as answers are there; of the experiment's first seed. */
export async function inspectAugmentations(
  experiment: Experiment,
  { examples, ...options }: AugmentOptions & { readonly examples: number },
): Promise<readonly AugmentationInspection[]> {
  const { tasks, place } = await openTasks(
    { ...experiment, seeds: experiment.seeds.slice(0, 1) },
    options,
  );
  const found: AugmentationInspection[] = [];
  for (const task of tasks)
    found.push(await inspectAugmentation(task, { place, examples, signal: options.signal }));
  return found;
}

/** The jobs of all methods on the rows of all seeds. */
async function openTasks(
  experiment: Experiment,
  { experimentDirectory, onEvent, signal }: AugmentOptions,
): Promise<{ readonly tasks: readonly AugmentationTask[]; readonly place: AugmentationPlace }> {
  const { methods } = planOf(experiment);
  if (methods.every((method) => jobOf(method) === undefined))
    throw new AtollError(
      "AUGMENTATION_NONE",
      `no method of ${experiment.name} augments anything: augmentation.kind is none, or no method knows augmentation; set augmentation.kind to heuristic, openai-compatible or local, and name a method such as fedcctr`,
    );
  const splits = await prepareClients(experiment, experimentDirectory, onEvent, signal);
  const cells = experiment.seeds.flatMap((seed) =>
    methods.map((method) => ({ method, splits: splits.get(seed)! })),
  );
  return { tasks: tasksOf(cells), place: placeOfExperiment(experimentDirectory) };
}
