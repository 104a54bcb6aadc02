import { shuffle } from "../../random/index.ts";
import { partsOf, TEST, VALID, type Parts, type SplittableRows } from "./split.ts";

/** Rows at random: exactly the stated shares, rounded to whole rows. */
export function randomSplit(
  rows: SplittableRows,
  { valid, test }: { readonly valid: number; readonly test: number },
): Parts {
  const order = Int32Array.from({ length: rows.numRows }, (_, row) => row);
  shuffle(rows.random, order);
  const numTest = Math.round(rows.numRows * test);
  const numValid = Math.round(rows.numRows * valid);
  const part = new Uint8Array(rows.numRows);
  for (let i = 0; i < numTest; i++) part[order[i]!] = TEST;
  for (let i = numTest; i < numTest + numValid; i++) part[order[i]!] = VALID;
  return partsOf(part, []);
}
