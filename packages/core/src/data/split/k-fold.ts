import { streamOf } from "../../random/index.ts";
import { positivesFirst, shuffled } from "./order.ts";
import { partsOf, TEST, VALID, type Parts, type SplittableRows } from "./split.ts";

interface KFold {
  readonly folds: number;
  readonly fold: number | "seed";
  readonly by: "row" | "user";
  readonly stratify: boolean;
  readonly partition: number;
}

/**
 * Rows, or users with all of their rows, are dealt in random order to the folds in turn, so folds differ
 * by at most one in size; stratified, positives are dealt before negatives, so folds differ by at most
 * one in either. One fold is test, the next one (cyclically) validation: over all folds every row is
 * tested once and validated once.
 *
 * The partition belongs to the client and to the setting `partition`, not to the seed: seeds that walk
 * through the folds walk through those of one partition.
 */
export function kFold(
  { client, numRows, user, numUsers, label, seed }: SplittableRows,
  { folds, fold, by, stratify, partition }: KFold,
): Parts {
  const random = streamOf(partition, client, "folds");
  const order = shuffled(by === "user" ? numUsers : numRows, random);
  const dealt = stratify ? positivesFirst(order, label) : order;
  const foldOf = new Int32Array(dealt.length);
  dealt.forEach((entry, i) => (foldOf[entry] = i % folds));
  const testFold = fold === "seed" ? seed % folds : fold;
  const validFold = (testFold + 1) % folds;
  const part = new Uint8Array(numRows);
  for (let row = 0; row < numRows; row++) {
    const own = foldOf[by === "user" ? user[row]! : row];
    if (own === testFold) part[row] = TEST;
    else if (own === validFold) part[row] = VALID;
  }
  return partsOf(part, [
    `fold ${testFold} of ${folds} (counted from 0, by ${by}) is test, fold ${validFold} validation`,
  ]);
}
