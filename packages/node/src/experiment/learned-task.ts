import { declaredSchema, tasksOf, type ColumnsConfig } from "@atoll/core/data";
import { trainsModel, type MethodEntry } from "@atoll/core/methods";
import { parseMetric } from "@atoll/core/metrics";
import { buildModel, type Model } from "@atoll/core/models";
import type { Experiment } from "./schema.ts";

/** The model that a method trains on columns; undefined where it trains another kind of thing. */
export function modelOf(
  entry: MethodEntry,
  experiment: Pick<Experiment, "model">,
  columns: ColumnsConfig,
): Model | undefined {
  return trainsModel(entry.kind)
    ? buildModel(entry.model ?? experiment.model, declaredSchema(columns))
    : undefined;
}

/** Of several labels the one that a method learns; undefined where it learns all, or there is one. */
export function learnedTask(
  entry: MethodEntry,
  experiment: Pick<Experiment, "model" | "training">,
  columns: ColumnsConfig,
): string | undefined {
  const tasks = tasksOf(declaredSchema(columns));
  if (tasks.length === 1 || entry.kind === "best-possible") return undefined;
  if (modelOf(entry, experiment, columns)?.multiTask === true) return undefined;
  const own = entry.training?.["task"] as string | undefined;
  return own ?? experiment.training.task ?? tasks[0];
}

/** A metric as it is of the label that a method learns: `auc:click` becomes `auc:buy`. */
export function metricOfTask(metric: string, task: string | undefined): string {
  const measured = parseMetric(metric).task;
  return task === undefined || measured === undefined || measured === task
    ? metric
    : `${metric.slice(0, -measured.length)}${task}`;
}
