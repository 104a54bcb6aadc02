import { AtollError } from "../errors/index.ts";
import type { ColumnsConfig } from "./config.ts";

/** The label of every row as 0 or 1; without a label column every row is a positive. */
export function readLabels(
  client: string,
  values: Float64Array | undefined,
  numRows: number,
  config: ColumnsConfig["label"],
): Float32Array {
  const label = new Float32Array(numRows).fill(1);
  if (values === undefined || config === undefined) return label;
  const name = typeof config === "string" ? config : config.column;
  const threshold = typeof config === "string" ? undefined : config.atLeast;
  let missing = 0;
  let firstMissing = -1;
  for (let row = 0; row < numRows; row++) {
    const value = values[row]!;
    if (Number.isNaN(value)) {
      if (missing++ === 0) firstMissing = row;
    } else if (threshold !== undefined) label[row] = value >= threshold ? 1 : 0;
    else if (value === 0 || value === 1) label[row] = value;
    else
      throw new AtollError(
        "DATA_LABEL_VALUE",
        `client "${client}": label column "${name}" holds ${value} in row ${row + 1}; labels are 0 and 1, or give data.columns.label as { column: ${name}, atLeast: ... }`,
      );
  }
  if (missing > 0)
    throw new AtollError(
      "DATA_LABEL_MISSING",
      `client "${client}": label column "${name}" has no number in ${missing} of ${numRows} rows, first in row ${firstMissing + 1}; fill or remove these rows`,
    );
  return label;
}
