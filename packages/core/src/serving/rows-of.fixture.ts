import type { EvaluationExamples, RawColumn, RoleColumn, SplitClient } from "../data/index.ts";
import type { NewRows } from "./row-model.ts";

/** The examples' rows as they would come from a file: item features from the candidate's own row. */
export function rowsOf(split: SplitClient, { at, itemAt, numRows }: EvaluationExamples): NewRows {
  const taken = <Rule>(feature: RoleColumn<Rule>): RoleColumn<Rule> => {
    const source = feature.of === "item" ? (itemAt ?? at) : at;
    const { column } = feature;
    const moved: RawColumn =
      column.kind === "number"
        ? { kind: "number", values: Float64Array.from(source, (row) => column.values[row]!) }
        : { ...column, codes: source.map((row) => column.codes[row]!) };
    return { ...feature, column: moved };
  };
  return {
    numRows,
    features: {
      client: split.client,
      categorical: split.categorical.map((feature) => taken(feature)),
      numeric: split.numeric.map((feature) => taken(feature)),
    },
  };
}
