import { tasksOfColumns } from "@atoll/core/data";
import { defaultMetrics } from "@atoll/core/metrics";
import { feedbackOf, rolesOf } from "./client-columns.ts";
import type { Experiment } from "./schema.ts";

/** What an experiment measures: what it names, or else what suits its rows. */
export function metricsOf(experiment: Experiment): readonly string[] {
  const { evaluation, negatives } = experiment;
  return (
    evaluation.metrics ??
    defaultMetrics(feedbackOf(experiment), tasksOfColumns(rolesOf(experiment)), {
      everyItem: negatives?.evaluation.count === "all",
    })
  );
}
