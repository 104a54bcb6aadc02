import type { TrainingData } from "../../data/index.ts";

/** The training rows of every unit of privacy. */
export interface Units {
  readonly count: number;
  /** [count + 1]: unit u's rows are rows[starts[u]] to rows[starts[u + 1] - 1]. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
}

/** Units in the order of their first row: every training row, or all training rows of a user. */
export function unitsOf({ train }: TrainingData, unit: "example" | "user"): Units {
  const { numRows, user } = train;
  if (unit === "example") {
    const starts = Int32Array.from({ length: numRows + 1 }, (_, row) => row);
    return { count: numRows, starts, rows: starts.subarray(0, numRows) };
  }
  const unitOfUser = new Map<number, number>();
  const unitOfRow = new Int32Array(numRows);
  const sizes: number[] = [];
  for (let row = 0; row < numRows; row++) {
    let own = unitOfUser.get(user[row]!);
    if (own === undefined) {
      own = sizes.push(0) - 1;
      unitOfUser.set(user[row]!, own);
    }
    unitOfRow[row] = own;
    sizes[own]!++;
  }
  const starts = new Int32Array(sizes.length + 1);
  for (let u = 0; u < sizes.length; u++) starts[u + 1] = starts[u]! + sizes[u]!;
  const next = starts.slice();
  const rows = new Int32Array(numRows);
  for (let row = 0; row < numRows; row++) rows[next[unitOfRow[row]!]!++] = row;
  return { count: sizes.length, starts, rows };
}
