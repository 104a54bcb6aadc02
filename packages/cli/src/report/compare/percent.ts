import type { ComparedRun } from "@atoll/node/comparisons";
import { signed } from "../format.ts";

type Comparison = ComparedRun["comparisons"][number];

/** Percent with its sign, which no line break parts: `+3.1 %`. */
export function percent(value: number | undefined): string {
  return value === undefined ? signed(undefined) : `${signed(value, 1)}\u00a0%`;
}

/** A comparison in percent of what the other has, more being better; undefined where that is 0. */
export function inPercent(own: Comparison): Comparison | undefined {
  const { gain, difference, low, high } = own;
  if (gain === undefined) return undefined;
  if (difference === 0) return { ...own, difference: 0, low: 0, high: 0 };
  const scale = gain / difference;
  const ends = [low * scale, high * scale] as const;
  return { ...own, difference: gain, low: Math.min(...ends), high: Math.max(...ends) };
}
