import { positivesFirst, shuffled } from "./order.ts";
import { partsOf, TEST, VALID, type Parts, type SplittableRows } from "./split.ts";

interface RandomShares {
  readonly valid: number;
  readonly test: number;
  readonly stratify: boolean;
}

/**
 * Rows at random: exactly the stated shares, rounded to whole rows. Stratified, each share is taken of
 * the positive rows and of the negative ones, each rounded to whole rows, so label rates differ by less
 * than a row.
 */
export function randomSplit(rows: SplittableRows, shares: RandomShares): Parts {
  const order = shuffled(rows.numRows, rows.random);
  const part = new Uint8Array(rows.numRows);
  if (!shares.stratify) {
    deal(part, order, shares);
    return partsOf(part, []);
  }
  const sorted = positivesFirst(order, rows.label);
  const numPositives = rows.label.reduce((sum, label) => sum + label, 0);
  deal(part, sorted.subarray(0, numPositives), shares);
  deal(part, sorted.subarray(numPositives), shares);
  return partsOf(part, []);
}

function deal(part: Uint8Array, order: Int32Array, { valid, test }: RandomShares): void {
  const numTest = Math.round(order.length * test);
  const numValid = Math.round(order.length * valid);
  for (let i = 0; i < numTest; i++) part[order[i]!] = TEST;
  for (let i = numTest; i < numTest + numValid; i++) part[order[i]!] = VALID;
}
