import { AtollError } from "../../errors/index.ts";
import { partsOf, TEST, TRAIN, VALID, type Parts, type SplittableRows } from "./split.ts";

/** Shares that miss the wanted ones by more than this are worth a note. */
const NOTABLE = 0.01;

/**
 * Two cuts in time for all users alike. Rows of one instant are never parted: each cut lies between
 * instants, where it comes closest to the wanted share and leaves each part at least one instant.
 */
export function globalTime(
  rows: SplittableRows,
  { valid, test }: { readonly valid: number; readonly test: number },
): Parts {
  const { client, numRows } = rows;
  const time = rows.time!;
  /** First rows of every instant but the first. */
  const starts: number[] = [];
  for (let row = 1; row < numRows; row++) if (time[row] !== time[row - 1]) starts.push(row);
  if (starts.length < 2)
    throw new AtollError(
      "DATA_EMPTY_SPLIT",
      `client "${client}": split time needs at least three different times for training, validation and test rows, but ${numRows} rows hold ${starts.length + 1}; give a finer time column, or set split.kind to random`,
    );
  const testFrom = closest(starts.slice(1), numRows * (1 - test));
  const validFrom = closest(
    starts.filter((start) => start < testFrom),
    numRows * (1 - valid - test),
  );
  const part = new Uint8Array(numRows).fill(TRAIN);
  part.fill(VALID, validFrom, testFrom);
  part.fill(TEST, testFrom);

  const shares = [(testFrom - validFrom) / numRows, (numRows - testFrom) / numRows] as const;
  const missed = Math.abs(shares[0] - valid) > NOTABLE || Math.abs(shares[1] - test) > NOTABLE;
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
  return partsOf(
    part,
    missed
      ? [
          `rows of one instant stay together, so ${percent(shares[0])} of the rows are validation and ${percent(shares[1])} test rows, where ${percent(valid)} and ${percent(test)} were asked for`,
        ]
      : [],
  );
}

/** The earliest of the closest entries. */
function closest(starts: readonly number[], wanted: number): number {
  let best = starts[0]!;
  for (const start of starts) if (Math.abs(start - wanted) < Math.abs(best - wanted)) best = start;
  return best;
}
