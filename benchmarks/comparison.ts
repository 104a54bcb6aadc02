import { quantile } from "@atoll/core/stats";

/** The q-quantile of values in any order. */
function of(values: readonly number[], q: number): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    q,
  );
}

export function median(values: readonly number[]): number {
  return of(values, 0.5);
}

export interface Comparison {
  /** Median of ours over median of theirs. */
  readonly ratio: number;
  /** Quartiles of the ratios of neighbouring blocks. */
  readonly spread: readonly [number, number];
}

/** Compares times of blocks that were measured in turn: ours[i] next to theirs[i]. */
export function compared(ours: readonly number[], theirs: readonly number[]): Comparison {
  const pairs = ours.map((own, i) => own / theirs[i]!);
  return { ratio: median(ours) / median(theirs), spread: [of(pairs, 0.25), of(pairs, 0.75)] };
}
