import { groupOf, type HistogramGrid, type HistogramLevel } from "./histogram-grid.ts";
import { windowShares, type RecencyOptions } from "./recency.ts";

export interface LevelOptions extends RecencyOptions {
  /** Deviation of the noise on every cell: public. 0: cells are exact. */
  readonly deviation: number;
}

/** What a level knows of its groups. */
export interface LevelReader {
  /** [groups]: items of each. */
  readonly sizes: Float64Array;
  /** [groups]: its group at the level before; at the first level its domain. */
  readonly parents: Int32Array;
  /** [parents]: items of each. */
  readonly parentSizes: Float64Array;
  /** The mix of all groups' windows at a day, and its variance. */
  readonly at: (day: number) => { readonly mix: Float64Array; readonly variance: number };
}

/** The bins that a window is made of. */
export function widthOf(windowDays: number, { days }: Pick<HistogramLevel, "days">): number {
  return Math.max(1, Math.round(windowDays / days));
}

/** Reads a level of (noisy) cells window by window. */
export function levelReader(
  cells: Float32Array | Float64Array,
  grid: HistogramGrid,
  { level, options }: { readonly level: HistogramLevel; readonly options: LevelOptions },
): LevelReader {
  const { windowsDays, deviation } = options;
  const groups = level.groupStarts.at(-1)!;
  const { bins, days } = level;
  const shares = windowShares(options);
  const windows = windowsDays.map((window, w) => {
    const width = widthOf(window, level);
    return { width, weight: (shares[w]! * window) / (width * days) };
  });
  const sums = runningSums(cells, level);
  return {
    ...familyOf(grid, grid.levels.indexOf(level)),
    at: (day) => {
      const ended = Math.floor(day / days) - level.firstBin;
      const mix = new Float64Array(groups);
      const weightOfBin = new Float64Array(bins);
      for (const { width, weight } of windows) {
        // What was before the first bin or after the last is known to be nothing.
        const start = Math.min(bins, Math.max(0, ended - width));
        const end = Math.min(bins, Math.max(0, ended));
        for (let bin = start; bin < end; bin++) weightOfBin[bin]! += weight;
        for (let group = 0; group < groups; group++) {
          const row = group * (bins + 1);
          mix[group]! += weight * (sums[row + end]! - sums[row + start]!);
        }
      }
      const squares = weightOfBin.reduce((sum, weight) => sum + weight * weight, 0);
      return { mix, variance: squares * deviation * deviation };
    },
  };
}

/** [groups * (bins + 1)]: of each group the cells before a bin. */
function runningSums(
  cells: Float32Array | Float64Array,
  { groupStarts, bins, offset }: HistogramLevel,
): Float32Array {
  const groups = groupStarts.at(-1)!;
  const sums = new Float32Array(groups * (bins + 1));
  for (let group = 0; group < groups; group++) {
    let sum = 0;
    for (let bin = 0; bin < bins; bin++) {
      sum += cells[offset + group * bins + bin]!;
      sums[group * (bins + 1) + bin + 1] = sum;
    }
  }
  return sums;
}

/** Whose part each group of a level is. */
function familyOf(grid: HistogramGrid, l: number): Omit<LevelReader, "at"> {
  const { itemStarts, levels } = grid;
  const level = levels[l]!;
  const before = levels[l - 1];
  const sizes = new Float64Array(level.groupStarts.at(-1)!);
  const parents = new Int32Array(sizes.length);
  const parentSizes = new Float64Array(before?.groupStarts.at(-1) ?? itemStarts.length - 1);
  for (let d = 0; d + 1 < itemStarts.length; d++)
    for (let item = itemStarts[d]!; item < itemStarts[d + 1]!; item++) {
      const group = groupOf(grid, level, item);
      const parent = before === undefined ? d : groupOf(grid, before, item);
      sizes[group]! += 1;
      parents[group] = parent;
      parentSizes[parent]! += 1;
    }
  return { sizes, parents, parentSizes };
}
