import { shuffled } from "./order.ts";
import { dealShares, dealSharesByLabels } from "./shares.ts";
import { labelsOf, partsOf, type Parts, type SplittableRows } from "./split.ts";

interface RandomShares {
  readonly valid: number;
  readonly test: number;
  readonly stratify: boolean;
}

/**
 * Rows at random: exactly the stated shares, rounded to whole rows. Stratified, each share is taken of
 * every combination of labels (of the positive rows and of the negative ones, where there is one label),
 * each rounded to whole rows, so label rates differ by less than a row.
 */
export function randomSplit(rows: SplittableRows, { stratify, ...shares }: RandomShares): Parts {
  const order = shuffled(rows.numRows, rows.random);
  const part = new Uint8Array(rows.numRows);
  if (stratify) dealSharesByLabels(part, order, { ...shares, labels: labelsOf(rows) });
  else dealShares(part, order, shares);
  return partsOf(part, []);
}
