import type { Scored, Undefined } from "./types.ts";
import { ONLY_TASK } from "../data/schema.ts";

/**
 * The rows that know a label, with that label and its scores. Scores have a column for each label of the
 * examples, or a single one: a model of one task was given examples of that task alone.
 */
export function taskOf(scored: Scored, task: string | undefined): Scored | Undefined {
  const { examples, scores } = scored;
  const { tasks = [ONLY_TASK], numRows } = examples;
  const t = task === undefined ? 0 : tasks.indexOf(task);
  if (t < 0)
    return {
      kind: "undefined",
      reason: `the model was not trained on the label ${task}, only on ${tasks.join(", ")}`,
    };
  const T = tasks.length;
  if (T === 1) return scored;
  const kept = Int32Array.from({ length: numRows }, (_, row) => row).filter(
    (row) => examples.label[row * T + t]! >= 0,
  );
  const { oracle, list } = examples;
  return {
    ...scored,
    scores: Float64Array.from(kept, (row) => scores[row * T + t]!),
    examples: {
      numRows: kept.length,
      rows: examples.rows,
      at: kept.map((row) => examples.at[row]!),
      tasks: [tasks[t]!],
      label: Float32Array.from(kept, (row) => examples.label[row * T + t]!),
      user: kept.map((row) => examples.user[row]!),
      ...(list && { list: kept.map((row) => list[row]!) }),
      ...(oracle && { oracle: Float64Array.from(kept, (row) => oracle[row * T + t]!) }),
    },
  };
}
