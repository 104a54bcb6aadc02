import { AtollError } from "../errors/index.ts";
import { labelColumn } from "./roles.ts";
import type { SplitRules } from "./rules.ts";

/**
 * The label of every row as 0 or 1; without a label column every row is a positive. Rows without a
 * number, and numbers other than 0 and 1 where no threshold is given, are added to `problems`.
 */
export function readLabels(
  { client, columns, feedback }: SplitRules,
  values: Float64Array | undefined,
  numRows: number,
  problems: AtollError[],
): Float32Array {
  const label = new Float32Array(numRows).fill(1);
  const config = columns.label;
  const name = labelColumn(columns);
  if (values === undefined || config === undefined) {
    if (feedback === "explicit")
      problems.push(
        new AtollError(
          "DATA_NEEDS_LABEL",
          `client "${client}": explicit feedback learns from labels 0 and 1, but no column has the role label; name one in data.columns.label, or set data.feedback to implicit if every row is a positive`,
        ),
      );
    return label;
  }
  const threshold = typeof config === "string" ? undefined : config.atLeast;
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
  if (missing > 0)
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
        `client "${client}": label column "${name}" is neither 0 nor 1 in ${strange} of ${numRows} rows, first ${values[firstStrange]} in row ${firstStrange + 1}; give 0 and 1, or a threshold: data.columns.label: { column: ${name}, atLeast: ... }`,
      ),
    );
  return label;
}
