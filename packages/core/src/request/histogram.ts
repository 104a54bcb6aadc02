import type { TrainingEvents } from "../population/index.ts";
import { cellOf, type HistogramGrid } from "./histogram-grid.ts";

export interface HistogramOptions {
  /** C: longest Euclidean norm of what one contributor adds to all cells of all levels together. */
  readonly bound: number;
}

/**
 * The sum over contributors of how often each cell has their events, each contributor's counts v being scaled
 * to min(1, C / |v|) v: whoever is there or not moves the sum by at most C, whatever the events are.
 *
 * `events` has one row of events for each contributor. Sums of the same contributors in parts add up to theirs.
 */
export function histogramSum(
  events: TrainingEvents,
  grid: HistogramGrid,
  { bound }: HistogramOptions,
): Float64Array {
  if (!(bound > 0)) throw new RangeError(`histogramSum: a bound of ${bound} is not positive`);
  const { starts } = events;
  const numLevels = grid.levels.length;
  let longest = 0;
  for (let row = 0; row + 1 < starts.length; row++)
    longest = Math.max(longest, starts[row + 1]! - starts[row]!);
  const scratch = new Int32Array(longest * numLevels);
  const sum = new Float64Array(grid.size);
  for (let row = 0; row + 1 < starts.length; row++) {
    const cells = fillCells(events, grid, { row, scratch });
    const norm = Math.sqrt(squaredNorm(cells));
    const weight = norm <= bound ? 1 : bound / norm;
    for (const cell of cells) sum[cell]! += weight;
  }
  return sum;
}

/** The cells of one row's events at all levels, ascending; an event outside of the span is in none. */
function fillCells(
  { starts, item, days }: TrainingEvents,
  grid: HistogramGrid,
  { row, scratch }: { readonly row: number; readonly scratch: Int32Array },
): Int32Array {
  let count = 0;
  for (let event = starts[row]!; event < starts[row + 1]!; event++)
    for (const level of grid.levels) {
      const cell = cellOf(grid, level, { item: item[event]!, day: days[event]! });
      if (cell >= 0) scratch[count++] = cell;
    }
  return scratch.subarray(0, count).sort();
}

/** Of counts of equal neighbours. */
function squaredNorm(sorted: Int32Array): number {
  let sum = 0;
  let run = 0;
  for (let i = 0; i < sorted.length; i++) {
    run = i > 0 && sorted[i] === sorted[i - 1] ? run + 1 : 1;
    // (run)^2 - (run - 1)^2
    sum += 2 * run - 1;
  }
  return sum;
}
