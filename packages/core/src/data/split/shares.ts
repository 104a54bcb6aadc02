import { byLabels } from "./order.ts";
import { TEST, VALID } from "./split.ts";

interface Shares {
  readonly valid: number;
  readonly test: number;
}

/**
 * Gives the first rows of `order` to test and the next ones to validation: exactly the stated shares,
 * rounded to whole rows. All others keep their part.
 */
export function dealShares(part: Uint8Array, order: Int32Array, { valid, test }: Shares): void {
  const numTest = Math.round(order.length * test);
  const numValid = Math.round(order.length * valid);
  for (let i = 0; i < numTest; i++) part[order[i]!] = TEST;
  for (let i = numTest; i < numTest + numValid; i++) part[order[i]!] = VALID;
}

/**
 * The same within each combination of labels (click, sale ...), each rounded to whole rows: a part's
 * count of every combination is within half a row of exact (train: within one).
 */
export function dealSharesByLabels(
  part: Uint8Array,
  order: Int32Array,
  { labels, ...shares }: Shares & { readonly labels: readonly Float32Array[] },
): void {
  for (const rows of byLabels(order, labels)) dealShares(part, rows, shares);
}
