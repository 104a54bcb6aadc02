import { ONLY_TASK, type HeldOutRows } from "../../data/index.ts";
import { AtollError } from "../../errors/index.ts";
import { measureHeldOut, parseMetric, type HeldOutScoring } from "../../metrics/index.ts";
import type { MethodSettings } from "../types.ts";

/**
 * Whether any of the rows knows the label that a metric is of. A client may lack a label that others have:
 * it then has no best round, and its last state is scored.
 */
export function knowsLabel(rows: HeldOutRows, metric: string): boolean {
  // The positive of each list does.
  if (rows.listStarts !== undefined) return rows.numRows > 0;
  const { label, numRows, tasks = [ONLY_TASK] } = rows.examples();
  const { task = tasks[0]! } = parseMetric(metric);
  const t = tasks.indexOf(task);
  // A label that is not there at all is told where it is measured.
  if (t < 0) return true;
  for (let row = 0; row < numRows; row++) if (label[row * tasks.length + t]! >= 0) return true;
  return false;
}

/** The metric that selects, of validation rows; undefined there, it is an error that says why. */
export async function validationValue(
  client: string,
  scoring: HeldOutScoring,
  { selectBy, ties }: Pick<MethodSettings, "selectBy" | "ties">,
): Promise<number> {
  const measured = (await measureHeldOut([selectBy], scoring, { ties }))[selectBy]!;
  if (measured.kind === "undefined")
    throw new AtollError(
      "METRIC_UNDEFINED",
      `client "${client}": ${selectBy} of the ${scoring.rows.numRows} validation rows is undefined: ${measured.reason}; give it more validation rows or set training.selectBy to another metric`,
    );
  return measured.value;
}
