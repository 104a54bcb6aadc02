import { AtollError } from "../errors/index.ts";
import type { SplitRules } from "./rules.ts";

/** What every row counts in training; problems where a weight is missing, negative or infinite. */
export function readWeights(
  { client, columns }: SplitRules,
  values: Float64Array | undefined,
  problems: AtollError[],
): Float32Array | undefined {
  if (values === undefined) return undefined;
  let bad = 0;
  let first = 0;
  for (let row = 0; row < values.length; row++) {
    if (values[row]! >= 0 && Number.isFinite(values[row])) continue;
    if (bad++ === 0) first = row;
  }
  if (bad > 0)
    problems.push(
      new AtollError(
        "DATA_WEIGHT",
        `client "${client}": weight column "${columns.weight}" holds no weight in ${bad} of ${values.length} rows, first ${Number.isNaN(values[first]) ? "nothing" : values[first]} in row ${first + 1}; weights are 0 or more: mend or fill these rows`,
      ),
    );
  return Float32Array.from(values);
}
