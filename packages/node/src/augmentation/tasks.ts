import { asksLanguageModel, type LanguageModelSettings } from "@atoll/core/augmentation";
import type { SplitClient } from "@atoll/core/data";
import {
  methodOf,
  type AugmentationJob,
  type MethodEntry,
  type MethodSettings,
} from "@atoll/core/methods";
import { sameRows } from "./same-rows.ts";

/** A method with all it is given. */
export interface GivenMethod {
  readonly entry: MethodEntry;
  readonly settings: MethodSettings;
}

/** What is augmented once: the job of one or more methods, on rows that they share. */
export interface AugmentationTask {
  readonly methods: readonly string[];
  /** Those of them that promise privacy. */
  readonly promised: readonly string[];
  readonly job: AugmentationJob;
  readonly splits: readonly SplitClient[];
}

/** Of a method that asks a language model. */
export interface AskingTask extends AugmentationTask {
  readonly settings: LanguageModelSettings;
}

/** What a method augments before it trains; undefined where that is nothing. */
export function jobOf({ entry, settings }: GivenMethod): AugmentationJob | undefined {
  const definition = methodOf(entry.kind);
  return definition.augments?.(entry, settings);
}

/** Every job with the rows of every seed, equal ones once. */
export function tasksOf(
  cells: readonly { readonly method: GivenMethod; readonly splits: readonly SplitClient[] }[],
): readonly AugmentationTask[] {
  const tasks: (AugmentationTask & { methods: string[]; promised: string[] })[] = [];
  for (const { method, splits } of cells) {
    const job = jobOf(method);
    if (job === undefined) continue;
    let task = tasks.find((other) => other.job.key === job.key && sameRows(other.splits, splits));
    if (task === undefined) tasks.push((task = { methods: [], promised: [], job, splits }));
    const { name } = method.entry;
    if (task.methods.includes(name)) continue;
    task.methods.push(name);
    if (method.settings.privacy.kind !== "none") task.promised.push(name);
  }
  return tasks;
}

/** Those that ask a language model. */
export function askingTasks(tasks: readonly AugmentationTask[]): readonly AskingTask[] {
  return tasks.flatMap((task) => {
    const { settings } = task.job;
    return asksLanguageModel(settings) ? [{ ...task, settings }] : [];
  });
}
