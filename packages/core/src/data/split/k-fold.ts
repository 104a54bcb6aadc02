import { streamOf } from "../../random/index.ts";
import { byLabels, shuffled } from "./order.ts";
import { dealShares, dealSharesByLabels } from "./shares.ts";
import { labelsOf, partsOf, TEST, VALID, type Parts, type SplittableRows } from "./split.ts";

interface KFold {
  readonly folds: number;
  readonly fold: number | "seed";
  readonly by: "row" | "user";
  readonly stratify: boolean;
  readonly partition: number;
  readonly valid: number | "fold";
}

/**
 * Rows, or users with all of their rows, are dealt in random order to the folds in turn, so folds differ
 * by at most one in size; stratified, rows are dealt one combination of labels (click, sale ...) after
 * another, so folds differ by at most one in each of them too. One fold is test. Validation is the next
 * fold (cyclically), so that over all folds every row is tested once and validated once; or a share of
 * all other rows (or users), stratified alike.
 *
 * Partition and validation rows belong to the client, the fold and the setting `partition`, not to the
 * seed: seeds that walk through the folds walk through those of one partition, and seeds with the same
 * fold have the same three parts.
 */
export function kFold(rows: SplittableRows, config: KFold): Parts {
  const { client, numRows, user, numUsers, seed } = rows;
  const { folds, fold, by, stratify, partition, valid } = config;
  const numEntries = by === "user" ? numUsers : numRows;
  const order = shuffled(numEntries, streamOf(partition, client, "folds"));
  const dealt = stratify ? byLabels(order, labelsOf(rows)) : [order];
  const testFold = fold === "seed" ? seed % folds : fold;
  const validFold = (testFold + 1) % folds;
  const partOfEntry = new Uint8Array(numEntries);
  let next = 0;
  for (const entries of dealt)
    for (const entry of entries) {
      const own = next++ % folds;
      if (own === testFold) partOfEntry[entry] = TEST;
      else if (own === validFold && valid === "fold") partOfEntry[entry] = VALID;
    }
  if (valid !== "fold") {
    const random = streamOf(partition, client, "folds", "validation", testFold);
    const others = shuffled(numEntries, random).filter((entry) => partOfEntry[entry] !== TEST);
    const shares = { valid, test: 0 };
    if (stratify) dealSharesByLabels(partOfEntry, others, { ...shares, labels: labelsOf(rows) });
    else dealShares(partOfEntry, others, shares);
  }
  const part = by === "user" ? Uint8Array.from(user, (own) => partOfEntry[own]!) : partOfEntry;
  const validation =
    valid === "fold"
      ? `fold ${validFold} validation`
      : `${Number((100 * valid).toFixed(2))}% of the others validation`;
  return partsOf(part, [
    `fold ${testFold} of ${folds} (counted from 0, by ${by}) is test, ${validation}`,
  ]);
}
