import { AtollError } from "../../errors/index.ts";
import { partsOf, TEST, VALID, type Parts, type SplittableRows } from "./split.ts";

/** The last row of each user is test, the one before validation; users with too few rows only train. */
export function leaveOneOut(rows: SplittableRows, { minimumRows }: { readonly minimumRows: number }): Parts {
  if (rows.time === undefined)
    throw new AtollError(
      "DATA_NEEDS_TIME",
      `client "${rows.client}": split leave-one-out takes each user's last rows, but no column has the role time; name one in data.columns.time or use split.kind random`,
    );
  const part = new Uint8Array(rows.numRows);
  const count = new Int32Array(rows.numUsers);
  for (let row = 0; row < rows.numRows; row++) count[rows.user[row]!]! += 1;
  const seenFromEnd = new Int32Array(rows.numUsers);
  for (let row = rows.numRows - 1; row >= 0; row--) {
    const user = rows.user[row]!;
    if (count[user]! < minimumRows) continue;
    const position = seenFromEnd[user]!++;
    if (position === 0) part[row] = TEST;
    else if (position === 1) part[row] = VALID;
  }
  const short = count.reduce((sum, length) => sum + (length < minimumRows ? 1 : 0), 0);
  const notes = short > 0 ? [`${short} of ${rows.numUsers} users have fewer than ${minimumRows} rows: they only train`] : [];
  return partsOf(part, notes);
}
