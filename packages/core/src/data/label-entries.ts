import type { ColumnsConfig } from "./config.ts";
import { ONLY_TASK } from "./schema.ts";

export interface LabelEntry {
  readonly task: string;
  /** Absent: the client does not know this label in any row. */
  readonly column?: string;
  /** Rows with at least this number are positive; absent: the column holds 0 and 1. */
  readonly atLeast?: number;
}

/** Every label that data.columns names, the one that decides where only one can first. */
export function labelEntries({ label, labels }: ColumnsConfig): readonly LabelEntry[] {
  const given = labels ?? (label === undefined ? {} : { [ONLY_TASK]: label });
  return Object.entries(given).map(([task, entry]) =>
    typeof entry === "string" ? { task, column: entry } : { task, ...entry },
  );
}
