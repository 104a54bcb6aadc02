import { AtollError } from "../errors/index.ts";
import { parseMetric, type ParsedMetric } from "./registry.ts";
import { taskOf } from "./task.ts";
import type { Measured, MetricName, Scored, Ties, Undefined } from "./types.ts";

export interface MeasureOptions {
  readonly ties: Ties;
  /** Fewer positives or negatives than this leave metrics of labels undefined; absent: each metric decides. */
  readonly minPositives?: number;
}

/**
 * Measures scored rows by every named metric. Scores that are not finite are refused: a model that
 * answers NaN must not look like one that ranks.
 */
export function measure(
  names: readonly MetricName[],
  scored: Scored,
  { ties, minPositives = 0 }: MeasureOptions,
): Record<MetricName, Measured> {
  const { scores } = scored;
  finiteScores(scored);
  const parsed = names.map((name) => [name, parseMetric(name)] as const);
  if (parsed.some(([, { definition }]) => definition.probabilities))
    refuse(
      scores,
      (score) => score < 0 || score > 1,
      "no probability",
      "log loss, normalised entropy and calibration error need probabilities",
    );
  const byTask = new Map<string | undefined, Scored | Undefined>();
  const rowsOf = (task: string | undefined): Scored | Undefined => {
    let rows = byTask.get(task);
    if (rows === undefined) {
      rows = taskOf(scored, task);
      if (!("kind" in rows)) rows = unitsOf(rows);
      byTask.set(task, rows);
    }
    return rows;
  };
  const measured = ({ definition, k, task }: ParsedMetric): Measured => {
    const rows = rowsOf(task);
    if ("kind" in rows) return rows;
    if (rows.examples.numRows === 0) return { kind: "undefined", reason: "there are no rows" };
    const few = definition.needs === "labels" ? tooFew(rows, minPositives) : undefined;
    return few ?? definition.measure(rows, { k, ties });
  };
  return Object.fromEntries(parsed.map(([name, metric]) => [name, measured(metric)]));
}

/** Refuses scores that are not one finite number for each row. */
export function finiteScores({ scores, examples }: Scored): void {
  const numScores = examples.numRows * (examples.tasks?.length ?? 1);
  if (scores.length !== numScores)
    throw new RangeError(`${scores.length} scores for ${examples.numRows} rows`);
  refuse(
    scores,
    (score) => !Number.isFinite(score),
    "not finite",
    "the model diverged: lower its learning rate",
  );
}

/** Why so few rows of one class say nothing, if they are too few. */
function tooFew({ examples }: Scored, minPositives: number): Undefined | undefined {
  const { label, numRows } = examples;
  let positives = 0;
  for (let row = 0; row < numRows; row++) positives += label[row]!;
  const [count, which] =
    positives < minPositives ? [positives, "positive"] : [numRows - positives, "negative"];
  if (count >= minPositives) return undefined;
  return {
    kind: "undefined",
    reason: `${count} ${which} ${count === 1 ? "row" : "rows"}; evaluation.minPositives asks for ${minPositives}`,
  };
}

/**
 * Data without a user column have one user, who cannot be resampled: then every row (or ranked list) is
 * a unit of its own, and influences have one entry per row.
 */
function unitsOf(scored: Scored): Scored {
  const { examples, numUsers } = scored;
  if (numUsers !== 1) return scored;
  const user = Int32Array.from({ length: examples.numRows }, (_, row) => row);
  return { ...scored, examples: { ...examples, user }, numUsers: examples.numRows };
}

/** One pass finds how many scores are bad and which is the first. */
function refuse(
  scores: Float64Array | Float32Array,
  bad: (score: number) => boolean,
  what: string,
  wayOut: string,
): void {
  let count = 0;
  let first = 0;
  for (let row = scores.length - 1; row >= 0; row--)
    if (bad(scores[row]!)) {
      count++;
      first = row;
    }
  if (count === 0) return;
  throw new AtollError(
    "METRIC_SCORES",
    `${count} of ${scores.length} scores are ${what}, first in row ${first + 1}: ${scores[first]}; ${wayOut}`,
  );
}
