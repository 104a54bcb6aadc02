import { itemColumns, columnsOf, type Encoder, type TrainingData } from "../../../data/index.ts";
import type { CollaborativeVectors } from "../../../federation/client-memory.ts";
import type { Positives } from "../../../models/collaborative/index.ts";
import { pairsIn, UNSEEN_ROW } from "../../stages/collaborative-data.ts";

/** Who and what each row is about, as training positives number users and items. */
export type CollaborativeIndex = Omit<CollaborativeVectors, "factors" | "folds" | "foldOfRow">;

export function collaborativeIndex(
  { schema, train, negatives }: TrainingData,
  { vocabularies }: Encoder,
  positives: Positives,
): CollaborativeIndex {
  const { rows } = train;
  const every = Int32Array.from({ length: rows.numRows }, (_, row) => row);
  const { user, item } = pairsIn({ ...train, numRows: rows.numRows, at: every }, schema);
  const userCounts = new Int32Array(positives.numUsers);
  const itemCounts = new Int32Array(positives.numItems);
  for (let u = 1; u < userCounts.length; u++)
    userCounts[u] = positives.offsets[u + 1]! - positives.offsets[u]!;
  for (const i of positives.items) itemCounts[i]! += 1;
  itemCounts[0] = 0;
  // A hashed feature has buckets, not values.
  const valuesOf = (feature: string, count: number): readonly string[] =>
    vocabularies[feature] ?? Array.from({ length: count - 1 }, (_, i) => `#${i}`);
  return {
    userOfRow: user,
    itemOfRow: item,
    itemOfPool: itemsOfPools({ schema, train, ...(negatives && { negatives }) }),
    userCounts,
    itemCounts,
    userValues: valuesOf("user", positives.numUsers),
    itemValues: valuesOf("item", positives.numItems),
  };
}

function itemsOfPools({
  schema,
  negatives,
}: Pick<TrainingData, "schema" | "train" | "negatives">): Int32Array[] {
  const columns = itemColumns(schema).categorical;
  const index = schema.categorical.findIndex(({ name }) => name === "item");
  const at = columns.indexOf(columnsOf(schema)[index]!);
  return (negatives?.pools ?? []).map(({ numItems, categorical }) =>
    Int32Array.from(
      { length: numItems },
      (_, i) => categorical[i * columns.length + at]! - UNSEEN_ROW,
    ),
  );
}
