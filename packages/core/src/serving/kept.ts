import { HISTORY, lengthOf, type ColumnsConfig } from "../data/index.ts";
import type { KeptModel, KeptRecommender } from "../methods/index.ts";
import type { Executor } from "../tensor/index.ts";
import { exportModel, type ExportOptions } from "./export/export-model.ts";
import { exportRecommender } from "./export/export-recommender.ts";
import type { ExportedModel } from "./export/finish.ts";
import { createRecommender } from "./recommender.ts";
import { createRowModel, type RowModel } from "./row-model.ts";

/** What a client kept: a model of rows, or what scores users and items alone. */
export type Kept = KeptModel | KeptRecommender;

export function isRecommender(kept: Kept): kept is KeptRecommender {
  return "learned" in kept;
}

/** What scores new rows. */
export async function openKept(
  kept: Kept,
  { client, executor }: { readonly client: string; readonly executor: Executor },
): Promise<RowModel> {
  return isRecommender(kept)
    ? createRecommender(kept, { client })
    : createRowModel(kept, { client, executor });
}

/** The same as one ONNX file. */
export function exportKept(kept: Kept, options: ExportOptions): ExportedModel {
  return isRecommender(kept) ? exportRecommender(kept, options) : exportModel(kept, options);
}

/** The columns that a kept thing reads: of a recommender, those of user and item, and a history of its own. */
export function columnsRead(columns: ColumnsConfig, kept: Kept): ColumnsConfig {
  if (!isRecommender(kept)) return columns;
  const { user, userHash, item } = columns;
  const reads = (feature: string) => kept.schema.categorical.find(({ name }) => name === feature);
  const history = reads(HISTORY);
  return {
    ...(reads("user") && { user, ...(userHash !== undefined && { userHash }) }),
    item,
    categorical: [],
    numeric: [],
    ...(history && { history: { length: lengthOf(history) } }),
  };
}
