import { AtollError, AtollErrors } from "../errors/index.ts";
import { nearest } from "../errors/index.ts";
import type { ColumnsConfig } from "./config.ts";
import type { RoleColumn } from "./prepare-types.ts";
import type { RawColumn, RawTable } from "./table.ts";

/** A table's columns by role, one entry per row of the table. */
export interface Roles {
  readonly categorical: readonly RoleColumn[];
  readonly numeric: readonly RoleColumn[];
  readonly user: RawColumn | undefined;
  readonly item: RawColumn | undefined;
  readonly time: Float64Array | undefined;
  readonly label: Float64Array | undefined;
  readonly oracle: Float64Array | undefined;
}

/** Finds every column that a role names; all that are missing or of the wrong type are reported. */
export function applyRoles(
  client: string,
  table: RawTable,
  columns: ColumnsConfig,
  oracleColumn: string | undefined,
): Roles {
  const errors: AtollError[] = [];
  const existing = Object.keys(table.columns);

  const find = (name: string | undefined, role: string, kind: RawColumn["kind"]) => {
    if (name === undefined) return undefined;
    const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
    if (column === undefined) {
      const close = nearest(name, existing);
      errors.push(
        new AtollError(
          "DATA_MISSING_COLUMN",
          `client "${client}": no column "${name}" for the role ${role}${close ? `; did you mean "${close}"?` : ""}; there are: ${existing.join(", ")}`,
        ),
      );
      return undefined;
    }
    if (column.kind !== kind) {
      errors.push(
        new AtollError(
          "DATA_COLUMN_TYPE",
          `client "${client}": column "${name}" holds ${column.kind} values, the role ${role} needs ${kind} values`,
        ),
      );
      return undefined;
    }
    return column;
  };
  const numbers = (name: string | undefined, role: string) => {
    const column = find(name, role, "number");
    return column?.kind === "number" ? column.values : undefined;
  };
  const features = (entries: ColumnsConfig["categorical"], role: string, kind: RawColumn["kind"]) =>
    entries.flatMap((entry): RoleColumn[] => {
      const { column: name, of } = typeof entry === "string" ? { column: entry, of: "context" as const } : entry;
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
    time: numbers(columns.time, "time"),
    label: numbers(typeof columns.label === "string" ? columns.label : columns.label?.column, "label"),
    oracle: numbers(oracleColumn, "true probability"),
  };
  if (errors.length > 0) throw new AtollErrors(errors);
  return roles;
}
