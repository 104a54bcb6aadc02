import type { PrivateTraining } from "../private-training.ts";

/**
 * Rows that one run of the program takes at most: more would not run faster, and leave more to rounding, for
 * a run sums in float32, and runs are added in doubles.
 */
const RUN_ROWS = 512;

/**
 * Units in a run. A Poisson step is seldom larger than its expectation by more than three deviations: runs
 * of one size that hold as much, of which the last of a step is nearly full.
 */
export function unitsPerRun(
  { rowsPerUnit, sampling }: Pick<PrivateTraining, "rowsPerUnit" | "sampling">,
  { numUnits, batchUnits }: { readonly numUnits: number; readonly batchUnits: number },
): number {
  const margin = sampling === "poisson" ? Math.ceil(3 * Math.sqrt(batchUnits)) : 0;
  const units = Math.max(1, Math.min(numUnits, batchUnits + margin));
  const runs = Math.ceil((units * rowsPerUnit) / RUN_ROWS);
  return Math.ceil(units / runs);
}

/**
 * Share of the bound that gradients are not clipped to but left to float32 rounding, 2^-10 + units 2^-19.
 *
 * Norms and factors are off by far less than 2^-10. A sum of gradients that are all the same, the worst of
 * sums that were tried, is off by up to 2^-19.7 of the bound for each of its units, and whoever takes one of
 * them away may round all others anew. Roundings that conspire could do ten times as much: no guarantee of
 * floating-point arithmetic, a margin for it.
 */
export function roundingReserve(batchUnits: number): number {
  return 2 ** -10 + batchUnits * 2 ** -19;
}

/** Units of a step for which rounding would take a quarter of the bound. */
export const MOST_UNITS = 2 ** 17;
