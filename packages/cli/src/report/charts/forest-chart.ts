import type { Comparison } from "../facts.ts";
import { pValue, signed, signedInterval } from "../format.ts";
import type { Verdict } from "../widgets/mark.ts";
import type { Chart } from "./chart.ts";
import { rowChart, type RowPoint } from "./row-chart.ts";
import type { PointLook } from "./symbols.ts";

export interface ForestOptions {
  /** What the axis counts. */
  readonly axis: string;
  /** A summary in words. */
  readonly summary: string;
  /** For losses. */
  readonly lessIsBetter: boolean;
  /** More lines of a row's tip. */
  readonly more?: (name: string) => string | undefined;
}

/** How a verdict looks, here and in keys; what is clear is drawn last, on top. */
export const VERDICTS: Readonly<Record<Verdict, PointLook>> = {
  "no clear difference": { symbol: "circle", colour: "var(--even)", filled: false },
  better: { symbol: "up", colour: "var(--better)", filled: true },
  worse: { symbol: "down", colour: "var(--worse)", filled: true },
};

/**
 * Differences with their intervals, a row for each name, around the line of no difference. Right is always better:
 * for losses the axis runs the other way.
 */
export function forestChart(
  comparisons: readonly (readonly [name: string, comparison: Comparison])[],
  { axis, summary, lessIsBetter, more }: ForestOptions,
): Chart {
  const sign = lessIsBetter ? -1 : 1;
  const point = ([row, own]: readonly [string, Comparison]): RowPoint => ({
    row,
    value: own.difference,
    low: own.low,
    high: own.high,
    tip: [
      row,
      `${signed(own.difference)}, 95% interval ${signedInterval(own.low, own.high)}`,
      `${own.verdict}, p ${pValue(own.pHolm)} (Holm)`,
      more?.(row),
    ]
      .filter((line) => line !== undefined)
      .join("\n"),
  });
  return {
    ...rowChart({
      rows: comparisons.map(([name]) => name),
      axis,
      zero: true,
      reversed: lessIsBetter,
      series: Object.entries(VERDICTS).map(([verdict, look]) => ({
        name: verdict,
        ...look,
        points: comparisons.filter(([, own]) => own.verdict === verdict).map(point),
      })),
    }),
    summary,
    values: Object.fromEntries(comparisons.map(([name, own]) => [name, sign * own.difference])),
  };
}
