import type { ClientContext } from "../../../federation/client-context.ts";
import type { Positives } from "../../../models/collaborative/index.ts";
import { streamOf } from "../../../random/index.ts";
import { drawFolds, foldOf, withoutFold } from "./folds.ts";
import { guardEdges, type NumberedRows } from "./guard.ts";

/** What the models of a party learn from. */
export interface Worlds {
  /** All positives, then those without fold 0, without fold 1, and so on. */
  readonly positives: readonly Positives[];
  /** [numRows] of the party's encoded rows: 0 for all training rows where there are no folds. */
  readonly foldOfRow: Int8Array;
}

/** Draws folds for the pairs of a party's training rows, and proves that no model sees what it must not. */
export function foldedWorlds(
  { name, seed, splits }: Pick<ClientContext, "name" | "seed" | "splits">,
  positives: Positives,
  rows: NumberedRows,
  numFolds: number,
): Worlds {
  const { userOfRow, itemOfRow } = rows;
  const trained = trainingRows(splits);
  const foldOfRow = new Int8Array(userOfRow.length).fill(-1);
  guardEdges(name, positives, splits, rows);
  if (numFolds === 0) {
    for (const row of trained) foldOfRow[row] = 0;
    return { positives: [positives], foldOfRow };
  }
  const pairs = {
    user: trained.map((row) => userOfRow[row]!),
    item: trained.map((row) => itemOfRow[row]!),
  };
  const folds = drawFolds(
    positives,
    pairs,
    numFolds,
    streamOf(seed, name, "collaborative", "folds"),
  );
  for (const row of trained) foldOfRow[row] = foldOf(folds, userOfRow[row]!, itemOfRow[row]!);
  const others = Array.from({ length: numFolds }, (_, fold) => {
    const world = withoutFold(positives, folds, fold);
    guardEdges(name, world, splits, rows, { fold, foldOfRow });
    return world;
  });
  return { positives: [positives, ...others], foldOfRow };
}

/** Encoded rows that the splits gave to training, one split after another. */
function trainingRows(splits: ClientContext["splits"]): Int32Array {
  const rows = new Int32Array(splits.reduce((sum, { train }) => sum + train.length, 0));
  let at = 0;
  let offset = 0;
  for (const { label, train } of splits) {
    for (const row of train) rows[at++] = row + offset;
    offset += label.length;
  }
  return rows;
}
