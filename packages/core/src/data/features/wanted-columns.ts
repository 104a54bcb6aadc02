import type { ColumnsConfig } from "../config.ts";
import { labelEntries } from "../label-entries.ts";
import { declaredFeatures } from "./declared.ts";
import { readsOf, type WantedColumn } from "./derive.ts";

/** The columns that roles and features need, and as what they are read. */
export function wantedColumns(columns: ColumnsConfig): WantedColumn[] {
  const { categorical, numeric } = declaredFeatures(columns);
  const wanted: WantedColumn[] = [
    ...categorical.flatMap(({ from, rule }) => readsOf(from, rule.kind)),
    ...labelEntries(columns).flatMap(({ column }, task) =>
      column === undefined
        ? []
        : [{ name: column, as: "number" as const, ...(task > 0 && { optional: true as const }) }],
    ),
    ...(columns.weight === undefined ? [] : [{ name: columns.weight, as: "number" as const }]),
    ...numeric.flatMap(({ from, rule }) => readsOf(from, rule.kind)),
    ...(columns.time === undefined ? [] : [{ name: columns.time, as: "time" as const }]),
    ...(columns.text === undefined ? [] : [{ name: columns.text, as: "text" as const }]),
  ];
  const seen = new Map(wanted.map((column) => [`${column.name} ${column.as}`, column]));
  return [...seen.values()];
}
