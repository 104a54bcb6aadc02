import { AtollError } from "../errors/index.ts";
import { labelEntries, type LabelEntry } from "./label-entries.ts";
import type { SplitRules } from "./rules.ts";

/** A label that is not known. */
export const UNKNOWN_LABEL = -1;

/**
 * The labels of every row as 0 or 1, task by task; without a label column every row is a positive. Rows
 * without a number, and numbers other than 0 and 1 where no threshold is given, are added to `problems`.
 * Of several labels all but the first may be missing, in some rows or in the client: they are -1 there.
 */
export function readLabels(
  rules: SplitRules,
  values: readonly (Float64Array | undefined)[],
  numRows: number,
  problems: AtollError[],
): readonly [Float32Array, ...Float32Array[]] {
  const { client, columns, feedback } = rules;
  const entries = labelEntries(columns);
  if (entries.length === 0) {
    if (feedback === "explicit")
      problems.push(
        new AtollError(
          "DATA_NEEDS_LABEL",
          `client "${client}": explicit feedback learns from labels 0 and 1, but no column has the role label; name one in data.columns.label, or set data.feedback to implicit if every row is a positive`,
        ),
      );
    return [new Float32Array(numRows).fill(1)];
  }
  const read = entries.map((entry, task) =>
    readLabel(
      rules,
      entry,
      values[task] ?? new Float64Array(numRows).fill(Number.NaN),
      task > 0,
      problems,
    ),
  );
  return read as [Float32Array, ...Float32Array[]];
}

function readLabel(
  { client, columns }: SplitRules,
  { task, column: name, atLeast: threshold }: LabelEntry,
  values: Float64Array,
  mayBeMissing: boolean,
  problems: AtollError[],
): Float32Array {
  const numRows = values.length;
  const where = columns.labels ? `data.columns.labels.${task}` : "data.columns.label";
  const label = new Float32Array(numRows).fill(mayBeMissing ? UNKNOWN_LABEL : 1);
  let missing = 0;
  let firstMissing = 0;
  let strange = 0;
  let firstStrange = 0;
  for (let row = 0; row < numRows; row++) {
    const value = values[row]!;
    if (Number.isNaN(value)) {
      if (missing++ === 0) firstMissing = row;
    } else if (threshold !== undefined) label[row] = value >= threshold ? 1 : 0;
    else if (value === 0 || value === 1) label[row] = value;
    else if (strange++ === 0) firstStrange = row;
  }
  if (missing > 0 && !mayBeMissing)
    problems.push(
      new AtollError(
        "DATA_LABEL_MISSING",
        `client "${client}": label column "${name}" has no number in ${missing} of ${numRows} rows, first in row ${firstMissing + 1}; fill or remove these rows`,
      ),
    );
  if (strange > 0)
    problems.push(
      new AtollError(
        "DATA_LABEL_VALUE",
        `client "${client}": label column "${name}" is neither 0 nor 1 in ${strange} of ${numRows} rows, first ${values[firstStrange]} in row ${firstStrange + 1}; give 0 and 1, or a threshold: ${where}: { column: ${name}, atLeast: ... }`,
      ),
    );
  return label;
}
