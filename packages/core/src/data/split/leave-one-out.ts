import { partsOf, TEST, VALID, type Parts, type SplittableRows } from "./split.ts";

/** The last row of each user is test, the one before validation; users with too few rows only train. */
export function leaveOneOut(
  { numRows, user, numUsers }: SplittableRows,
  { minimumRows }: { readonly minimumRows: number },
): Parts {
  const part = new Uint8Array(numRows);
  const count = new Int32Array(numUsers);
  for (let row = 0; row < numRows; row++) count[user[row]!]! += 1;
  const seenFromEnd = new Int32Array(numUsers);
  for (let row = numRows - 1; row >= 0; row--) {
    const u = user[row]!;
    if (count[u]! < minimumRows) continue;
    const position = seenFromEnd[u]!++;
    if (position === 0) part[row] = TEST;
    else if (position === 1) part[row] = VALID;
  }
  const short = count.reduce((sum, length) => sum + (length < minimumRows ? 1 : 0), 0);
  return partsOf(
    part,
    short > 0
      ? [`${short} of ${numUsers} users have fewer than ${minimumRows} rows: they only train`]
      : [],
  );
}
