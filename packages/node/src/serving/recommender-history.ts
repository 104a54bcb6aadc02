import type { ColumnsConfig } from "@atoll/core/data";
import { HISTORY_COLUMN } from "@atoll/core/serving";
import type { RowsBlock } from "./blocks.ts";

export const HISTORY_NOTE = `rows with a value in the column ${HISTORY_COLUMN} are scored by it, in place of what their users chose in training`;

/** Whether a recommender that reads histories was given one. */
export function bringsHistory({ history }: ColumnsConfig, { table }: RowsBlock): boolean {
  const column = table.columns[HISTORY_COLUMN];
  return history !== undefined && column?.kind === "text" && column.codes.some((code) => code >= 0);
}
