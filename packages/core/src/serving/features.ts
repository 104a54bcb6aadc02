import {
  declaredFeatures,
  derive,
  HISTORY,
  otherSeparator,
  readsOf,
  type ColumnsConfig,
  type Declared,
  type RawTable,
  type RoleColumn,
  type WantedColumn,
} from "../data/index.ts";
import { AtollError, AtollErrors } from "../errors/index.ts";
import type { KeptModel } from "../methods/index.ts";
import { HISTORY_COLUMN } from "./histories.ts";
import type { NewRows } from "./row-model.ts";

/**
 * The columns that new rows must have: those of features, and of histories; no label. A recommender knows what
 * its users chose and does without histories.
 */
export function servedColumns(
  columns: ColumnsConfig,
  { schema, learned }: Pick<KeptModel, "schema"> & { readonly learned?: unknown },
): WantedColumn[] {
  const { categorical, numeric } = declaredFeatures(columns);
  const wanted = [...categorical, ...numeric].flatMap(({ from, rule }) => readsOf(from, rule.kind));
  if (schema.categorical.some(({ name }) => name === HISTORY))
    wanted.push({
      name: HISTORY_COLUMN,
      as: "text",
      ...(learned !== undefined && { optional: true }),
    });
  return [...new Map(wanted.map((column) => [column.name, column])).values()];
}

/** The features of new rows, derived as those of training rows were. */
export function newRows(columns: ColumnsConfig, table: RawTable, client: string): NewRows {
  const declared = declaredFeatures(columns);
  const problems = new Map<string, AtollError>();
  for (const { from, rule, list } of declared.categorical) {
    const column = from.kind === "column" ? table.columns[from.column] : undefined;
    if (rule.kind !== "list" || column?.kind !== "text") continue;
    const other = otherSeparator(column.values, rule.separator);
    if (other !== undefined)
      problems.set(
        list,
        new AtollError(
          "DATA_TUPLE",
          `client "${client}": new rows hold lists such as ${JSON.stringify(other)}, but the model was trained on lists that data.columns.${list} takes apart at "${rule.separator}"; write them as the training data have them`,
        ),
      );
  }
  const derived = <Rule>({ name, of, from, rule }: Declared<Rule>): RoleColumn<Rule> => ({
    name,
    of,
    rule,
    // Of one column, the first value that is wrong says enough.
    column: derive(from, table, client, (error) => {
      const key = JSON.stringify(readsOf(from, "value"));
      if (!problems.has(key)) problems.set(key, error);
    }),
  });
  const features = {
    client,
    categorical: declared.categorical.map((feature) => derived(feature)),
    numeric: declared.numeric.map((feature) => derived(feature)),
  };
  if (problems.size > 0) throw new AtollErrors([...problems.values()]);
  const history = declared.history === undefined ? undefined : table.columns[HISTORY_COLUMN];
  return { numRows: table.numRows, features, ...(history && { history }) };
}
