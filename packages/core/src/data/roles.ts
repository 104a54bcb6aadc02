import { AtollError, nearest } from "../errors/index.ts";
import { conflictsOf } from "./features/conflicts.ts";
import {
  declaredFeatures,
  type CategoricalRule,
  type Declared,
  type NumericRule,
} from "./features/declared.ts";
import { derive, readsOf } from "./features/derive.ts";
import { otherSeparator } from "./features/lists.ts";
import { labelEntries } from "./label-entries.ts";
import type { RoleColumn } from "./prepare-types.ts";
import { throwCollected } from "./problems.ts";
import type { SplitRules } from "./rules.ts";
import type { RawColumn, RawTable } from "./table.ts";

export type TextColumn = Extract<RawColumn, { readonly kind: "text" }>;

/** A table's columns by role, one entry per row of the table. */
export interface Roles {
  readonly categorical: readonly RoleColumn<CategoricalRule>[];
  readonly numeric: readonly RoleColumn<NumericRule>[];
  readonly history: number | undefined;
  readonly tasks: readonly string[];
  readonly user: TextColumn | undefined;
  readonly item: TextColumn | undefined;
  readonly time: Float64Array | undefined;
  readonly weight: Float64Array | undefined;
  /** The item's public text. */
  readonly text: TextColumn | undefined;
  /** As `labelEntries` lists them, undefined where a client has no such label; none where every row is a positive. */
  readonly labels: readonly (Float64Array | undefined)[];
  /** True probabilities, label by label. */
  readonly oracles: readonly Float64Array[] | undefined;
}

/** Finds every column that a role names; all that are missing or of the wrong type are reported. */
export function applyRoles(table: RawTable, { client, columns, oracleColumns }: SplitRules): Roles {
  const problems = conflictsOf(client, columns, oracleColumns);
  const existing = Object.keys(table.columns);

  const find = <Kind extends RawColumn["kind"]>(
    name: string | undefined,
    role: string,
    kind: Kind,
  ) => {
    if (name === undefined) return undefined;
    const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
    if (column?.kind === kind) return column as Extract<RawColumn, { readonly kind: Kind }>;
    if (column === undefined) {
      const close = nearest(name, existing);
      problems.push(
        new AtollError(
          "DATA_MISSING_COLUMN",
          `client "${client}": no column "${name}" for the role ${role}${close ? `; did you mean "${close}"?` : ""}; there are: ${existing.join(", ")}`,
        ),
      );
    } else
      problems.push(
        new AtollError(
          "DATA_COLUMN_TYPE",
          `client "${client}": column "${name}" holds ${column.kind} values, the role ${role} needs ${kind} values; name another column, or have the file read it as ${kind}`,
        ),
      );
    return undefined;
  };
  const declared = declaredFeatures(columns);
  const user = find(columns.user, "user", "text");
  const item = find(columns.item, "item", "text");
  // Every column is looked for, and all that are missing are named, before anything is derived.
  for (const { from, list, rule } of [...declared.categorical, ...declared.numeric])
    if (list !== "user" && list !== "item")
      for (const { name, as } of readsOf(from, rule.kind))
        find(name, list, as === "text" ? "text" : "number");
  // A client may lack a further label: whatever it says of its rows is unknown there.
  const labels = labelEntries(columns).map(({ task, column }, t) =>
    t > 0 && column !== undefined && !existing.includes(column)
      ? undefined
      : find(column, columns.labels ? `label of ${task}` : "label", "number")?.values,
  );
  const time = find(columns.time, "time", "number")?.values;
  const weight = find(columns.weight, "weight", "number")?.values;
  const text = find(columns.text, "text", "text");
  const oracles = oracleColumns?.map(
    (column) => find(column, "true probability", "number")?.values,
  );
  for (const { from, list, rule } of declared.categorical)
    if (from.kind === "column" && rule.kind === "list") {
      const column = Object.hasOwn(table.columns, from.column) && table.columns[from.column];
      if (!column || column.kind !== "text") continue;
      const problem = otherSeparator(column.values, rule.separator);
      if (problem !== undefined)
        problems.push(
          new AtollError(
            "DATA_TUPLE",
            `client "${client}": column "${from.column}" holds lists such as ${JSON.stringify(problem)}, but data.columns.${list} takes them apart at "${rule.separator}", which stands in none; set separator: ","`,
          ),
        );
    }
  throwCollected(problems);

  const said = new Set<string>();
  const derived = <Rule>({ name, of, from, rule }: Declared<Rule>): RoleColumn<Rule> => {
    const column = derive(from, table, client, (error) => {
      // Of one column, the first value that is wrong says enough.
      const key = JSON.stringify(readsOf(from, "value"));
      if (!said.has(key)) problems.push(error);
      said.add(key);
    });
    return { name, of, rule, column };
  };
  const roles: Roles = {
    user,
    item,
    categorical: declared.categorical.map((feature) => derived(feature)),
    numeric: declared.numeric.map((feature) => derived(feature)),
    history: declared.history,
    tasks: declared.tasks,
    time,
    weight,
    text,
    labels,
    oracles: oracles?.map((values) => values!),
  };
  throwCollected(problems);
  return roles;
}
