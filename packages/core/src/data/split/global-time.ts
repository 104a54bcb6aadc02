import { AtollError } from "../../errors/index.ts";
import { partsOf, TEST, VALID, type Parts, type SplittableRows } from "./split.ts";

/** Two cuts in time for all users alike; rows of one instant stay together, in the later part. */
export function globalTime(
  rows: SplittableRows,
  { valid, test }: { readonly valid: number; readonly test: number },
): Parts {
  const { time, numRows } = rows;
  if (time === undefined)
    throw new AtollError(
      "DATA_NEEDS_TIME",
      `client "${rows.client}": split time cuts by time, but no column has the role time; name one in data.columns.time or use split.kind random`,
    );
  // Rounding to nine digits: 1 - 0.1 - 0.1 must count as 0.8 exactly.
  const cut = (share: number) => time[Math.min(numRows - 1, Math.floor(Number((numRows * share).toFixed(9))))]!;
  const validFrom = cut(1 - valid - test);
  const testFrom = cut(1 - test);
  const part = new Uint8Array(numRows);
  for (let row = 0; row < numRows; row++)
    part[row] = time[row]! >= testFrom ? TEST : time[row]! >= validFrom ? VALID : 0;
  return partsOf(part, []);
}
