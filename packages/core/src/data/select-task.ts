import { AtollError, nearest } from "../errors/index.ts";
import { heldOut } from "./evaluation-examples.ts";
import type { EvaluationExamples, Examples, TrainingData } from "./examples.ts";
import { tasksOf } from "./schema.ts";

/**
 * The data with one of its labels: rows that do not know it are left out, which may be all of them where a
 * client lacks a label that others have (`unlearnableLabels` looks at all clients).
 */
export function selectTask(data: TrainingData, task: string | undefined): TrainingData {
  const tasks = tasksOf(data.schema);
  const t = task === undefined ? 0 : tasks.indexOf(task);
  if (t < 0) {
    const meant = nearest(task!, tasks);
    throw new AtollError(
      "DATA_UNKNOWN_TASK",
      `there is no label "${task}"${meant ? `; did you mean "${meant}"?` : ""}; data.columns.labels has ${tasks.join(", ")}`,
    );
  }
  if (tasks.length === 1) return data;
  const name = tasks[t]!;
  const known = ({ label, numRows }: Examples) =>
    Int32Array.from({ length: numRows }, (_, i) => i).filter(
      (i) => label[i * tasks.length + t]! >= 0,
    );
  const select = <T extends Examples>(examples: T): T => {
    const kept = known(examples);
    const { oracle } = examples as EvaluationExamples;
    return {
      ...examples,
      numRows: kept.length,
      at: kept.map((i) => examples.at[i]!),
      ...(examples.itemAt && { itemAt: kept.map((i) => examples.itemAt![i]!) }),
      tasks: [name],
      ...(examples.weight && { weight: Float32Array.from(kept, (i) => examples.weight![i]!) }),
      label: Float32Array.from(kept, (i) => examples.label[i * tasks.length + t]!),
      user: kept.map((i) => examples.user[i]!),
      ...(oracle && { oracle: Float64Array.from(kept, (i) => oracle[i * tasks.length + t]!) }),
    };
  };
  return {
    ...data,
    schema: { ...data.schema, tasks: [name] },
    train: select(data.train),
    parts: data.parts.map((part) => ({
      ...part,
      valid: heldOut(select(part.valid.examples())),
      test: heldOut(select(part.test.examples())),
    })),
  };
}
