import { checkedArray as checked, type StrategyUpdate } from "../../federation/index.ts";
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
 * names, so that the order of arrival changes no bit. UPDATE_INVALID for shapes or values that cannot be.
 */
export function joinRows(
  global: Readonly<Record<string, WireArray>>,
  updates: readonly StrategyUpdate[],
  joins: ReadonlyMap<string, Join>,
): Record<string, WireArray> {
  const sorted = updates.toSorted((a, b) => (a.client < b.client ? -1 : 1));
  const first = sorted[0];
  const next: Record<string, WireArray> = {};
  for (const [name, { by, uses }] of joins) {
    const before = global[name];
    const shape = (before ?? first?.arrays[name])?.shape;
    if (shape === undefined) continue;
    const [numRows, width] = [shape[0]!, shape[1]!];
    const parts = sorted.map((update) => ({
      rows: checked(update, name, numRows * width),
      weights: by === "usage" ? checked(update, uses, numRows) : undefined,
      numExamples: update.numExamples,
    }));
    const data = new Float32Array(numRows * width);
    for (let r = 0; r < numRows; r++) {
      let total = 0;
      for (const { weights, numExamples } of parts) total += weights?.[r] ?? numExamples;
      for (let i = r * width; i < (r + 1) * width; i++) {
        let sum = 0;
        if (total > 0)
          for (const { rows, weights, numExamples } of parts)
            sum += ((weights?.[r] ?? numExamples) / total) * rows[i]!;
        else if (before === undefined) for (const { rows } of parts) sum += rows[i]! / parts.length;
        data[i] = total > 0 || before === undefined ? sum : before.data[i]!;
      }
    }
    next[name] = { shape, data };
  }
  return next;
}
