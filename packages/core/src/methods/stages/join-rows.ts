import {
  checkedArray as checked,
  checkedRows,
  type StrategyUpdate,
} from "../../federation/index.ts";
import type { WireArray } from "../../federation/types.ts";
import type { Join } from "./exchange.ts";

/**
 * The next rows of tables that clients share row by row:
 *
 *   mean:   w[r] <- sum_k n_k w_k[r] / sum_k n_k          n_k the client's training rows
 *   usage:  w[r] <- sum_k u_k[r] w_k[r] / sum_k u_k[r]    u_k[r] those of them that carry value r
 *
 * A row with a sum of weights of 0 stays as it was; before the first round the server has none, and takes
 * the plain mean of what the clients hold, which started alike. Sums run in doubles in the order of client
 * names, so that the order of arrival changes no bit, one client's rows at a time: they may lie on a disk.
 * UPDATE_INVALID for shapes or values that cannot be.
 */
export function joinRows(
  global: Readonly<Record<string, WireArray>>,
  updates: readonly StrategyUpdate[],
  joins: ReadonlyMap<string, Join>,
): Record<string, WireArray> {
  const sorted = updates.toSorted((a, b) => (a.client < b.client ? -1 : 1));
  const first = sorted[0];
  const next: Record<string, WireArray> = {};
  for (const [name, { by, uses: usesName }] of joins) {
    const before = global[name];
    const size = before
      ? { numRows: before.shape[0]!, width: before.shape[1]! }
      : first && checkedRows(first, name);
    if (size === undefined) continue;
    const { numRows, width } = size;
    const uses = sorted.map((one) =>
      by === "usage" ? checked(one, usesName, { length: numRows, type: "I32" }) : undefined,
    );
    const totals = new Float64Array(numRows);
    sorted.forEach(({ numExamples }, k) => {
      for (let r = 0; r < numRows; r++) totals[r]! += uses[k]?.[r] ?? numExamples;
    });
    const sums = new Float64Array(numRows * width);
    sorted.forEach((one, k) => {
      const rows = checked(one, name, { length: numRows * width });
      for (let r = 0; r < numRows; r++) {
        const total = totals[r]!;
        const share = total > 0 ? (uses[k]?.[r] ?? one.numExamples) / total : 0;
        for (let i = r * width; i < (r + 1) * width; i++)
          if (total > 0) sums[i]! += share * rows[i]!;
          else if (before === undefined) sums[i]! += rows[i]! / sorted.length;
      }
    });
    const data = Float32Array.from(sums);
    if (before !== undefined)
      for (let r = 0; r < numRows; r++)
        if (totals[r] === 0) data.set(before.data.subarray(r * width, (r + 1) * width), r * width);
    next[name] = { shape: [numRows, width], data };
  }
  return next;
}
