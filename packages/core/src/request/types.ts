import type { HistogramGrid } from "./histogram-grid.ts";

/**
 * What a request knows of a candidate beside the model: numbers that follow from public text and from counts
 * that ended before the request. One reader serves one history at a time.
 */
export interface RequestReader {
  /** Names of the numbers, in their order: `recency`, `text`. */
  readonly names: readonly string[];
  /** Forgets the history. */
  readonly begin: () => void;
  /** Adds the next item of the history, oldest first. */
  readonly push: (item: number) => void;
  /** Writes the numbers of a candidate for a request at the given time to `out`, from `at` on. */
  readonly write: (item: number, days: number, out: Float32Array, at: number) => void;
}

/** How popular items are just before a request. */
export interface Recency {
  /** The logarithm of a mix of windowed counts that end before `days`; finite for every item. */
  readonly score: (item: number, days: number) => number;
}

/** Popularity by published cells, with what it follows from. */
export interface PublishedRecency extends Recency {
  readonly cells: Float32Array | Float64Array;
  readonly grid: HistogramGrid;
  /** Of the noise on every cell. */
  readonly deviation: number;
}

/** When items were chosen, by others or oneself: all that recency reads. */
export interface ItemTimes {
  /** [items + 1] */
  readonly offsets: Int32Array;
  /** [events], ascending within an item. */
  readonly days: Float64Array;
}
