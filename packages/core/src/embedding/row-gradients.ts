import { checkRoom } from "./gather.ts";
import type { Lookup } from "./lookup.ts";

/** The gradient of one batch by table row: each row once, duplicates summed, padding left out. */
export interface RowGradients {
  /** Distinct rows in the batch. */
  readonly count: number;
  /** `count` are valid: table rows, in order of first appearance. */
  readonly rows: Int32Array;
  /** `count * width` are valid: the summed gradient of each row. */
  readonly sums: Float32Array;
}

/**
 * Sums the gradient of a lookup, shaped as `gather` shapes its output, by distinct row, into `sums`
 * [distinct, width]. `distinguish` comes before.
 */
export function sumByRow(lookup: Lookup, gradient: Float32Array, sums: Float32Array): RowGradients {
  const { bags, distinct, numDistinct, numEntries, slots, table } = lookup;
  const { address, kernels } = table.arena;
  const { width } = table;
  checkRoom(lookup, gradient, "gradient entries");
  if (sums.length < numDistinct * width)
    throw new RangeError(
      `"${table.name}": ${sums.length} sums for ${numDistinct} rows of width ${width}`,
    );
  if (bags === undefined)
    kernels.sumRows(
      address(slots),
      numEntries,
      address(gradient),
      width,
      address(sums),
      numDistinct,
    );
  else
    kernels.sumBags(
      address(slots),
      address(bags.starts),
      bags.numBags,
      bags.pooling === "mean" ? 1 : 0,
      address(gradient),
      width,
      address(sums),
      numDistinct,
    );
  return { count: numDistinct, rows: distinct, sums };
}
