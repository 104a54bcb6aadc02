import type { Telling } from "@atoll/core/data";
import { tellingFeatures } from "@atoll/core/metrics";
import type { GuessedRoles } from "./guess-roles.ts";
import { readTable } from "./read-table.ts";

/** Rows of a file that are looked at: its first ones, so that a guess takes seconds. */
const MOST_ROWS = 200_000;

/** Guessed features of a file that tell its guessed label by themselves. */
export async function tellingRoles(
  path: string,
  { label, numeric, categorical }: GuessedRoles,
): Promise<readonly Telling[]> {
  if (label === undefined) return [];
  const columns = [
    ...[label.column, ...numeric].map((name) => ({ name, as: "number" as const })),
    ...categorical.map((name) => ({ name, as: "text" as const })),
  ];
  const source = {
    query: `SELECT * FROM file LIMIT ${MOST_ROWS}`,
    tables: { file: { path, header: true } },
    header: true,
  };
  const table = await readTable(source, { client: path, columns });
  const given = table.columns[label.column]!;
  if (given.kind !== "number") return [];
  const rows = Int32Array.from({ length: table.numRows }, (_, row) => row);
  return tellingFeatures({
    label: Float32Array.from(given.values, (value) => (value >= (label.atLeast ?? 1) ? 1 : 0)),
    train: rows.filter((row) => !Number.isNaN(given.values[row])),
    numeric: numeric.map((name) => ({
      name,
      of: "context" as const,
      column: table.columns[name]!,
      rule: { kind: "none" as const },
    })),
    categorical: categorical.map((name) => ({
      name,
      of: "context" as const,
      column: table.columns[name]!,
      rule: { kind: "value" as const },
    })),
  });
}
