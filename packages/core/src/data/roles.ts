import { AtollError, nearest } from "../errors/index.ts";
import type { ColumnsConfig } from "./config.ts";
import type { RoleColumn } from "./prepare-types.ts";
import { throwCollected } from "./problems.ts";
import type { SplitRules } from "./rules.ts";
import type { RawColumn, RawTable } from "./table.ts";

export type TextColumn = Extract<RawColumn, { readonly kind: "text" }>;

/** A table's columns by role, one entry per row of the table. */
export interface Roles {
  readonly categorical: readonly RoleColumn[];
  readonly numeric: readonly RoleColumn[];
  readonly user: TextColumn | undefined;
  readonly item: TextColumn | undefined;
  readonly time: Float64Array | undefined;
  readonly label: Float64Array | undefined;
  readonly oracle: Float64Array | undefined;
}

/** Finds every column that a role names; all that are missing or of the wrong type are reported. */
export function applyRoles(table: RawTable, { client, columns, oracleColumn }: SplitRules): Roles {
  const problems = conflictsOf(client, columns, oracleColumn);
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
  const features = (entries: ColumnsConfig["categorical"], role: string, kind: RawColumn["kind"]) =>
    entries.flatMap((entry): RoleColumn[] => {
      const { column: name, of } = featureOf(entry);
      const column = find(name, role, kind);
      return column === undefined ? [] : [{ name, of, column }];
    });

  const user = find(columns.user, "user", "text");
  const item = find(columns.item, "item", "text");
  const roles: Roles = {
    user,
    item,
    categorical: [
      ...(user ? [{ name: "user", of: "user" as const, column: user }] : []),
      ...(item ? [{ name: "item", of: "item" as const, column: item }] : []),
      ...features(columns.categorical, "categorical", "text"),
    ],
    numeric: features(columns.numeric, "numeric", "number"),
    time: find(columns.time, "time", "number")?.values,
    label: find(labelColumn(columns), "label", "number")?.values,
    oracle: find(oracleColumn, "true probability", "number")?.values,
  };
  throwCollected(problems);
  return roles;
}

export function labelColumn({ label }: ColumnsConfig): string | undefined {
  return typeof label === "string" ? label : label?.column;
}

function featureOf(entry: ColumnsConfig["categorical"][number]) {
  return typeof entry === "string" ? { column: entry, of: "context" as const } : entry;
}

/** Features of one name twice, and features that give the label away. */
function conflictsOf(
  client: string,
  columns: ColumnsConfig,
  oracleColumn: string | undefined,
): AtollError[] {
  const problems: AtollError[] = [];
  const taken = new Map<string, string>();
  if (columns.user !== undefined) taken.set("user", `the user id, column "${columns.user}"`);
  if (columns.item !== undefined) taken.set("item", `the item id, column "${columns.item}"`);
  const entries = [
    ...columns.categorical.map((entry) => ({ name: featureOf(entry).column, list: "categorical" })),
    ...columns.numeric.map((entry) => ({ name: featureOf(entry).column, list: "numeric" })),
  ];
  for (const { name, list } of entries) {
    const holder = taken.get(name);
    if (holder !== undefined)
      problems.push(
        new AtollError(
          "DATA_ROLE_CONFLICT",
          `client "${client}": data.columns.${list} names a feature "${name}", but that name belongs to ${holder}; list it once, or rename the column`,
        ),
      );
    else taken.set(name, `a ${list} column`);
    if (name === labelColumn(columns) || name === oracleColumn)
      problems.push(
        new AtollError(
          "DATA_ROLE_CONFLICT",
          `client "${client}": column "${name}" is ${name === oracleColumn ? "the true probability" : "the label"} and a ${list} feature at once, so a model would read the answer; remove it from data.columns.${list}`,
        ),
      );
  }
  return problems;
}
