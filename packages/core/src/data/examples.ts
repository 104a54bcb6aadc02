import type { TrainingDraw } from "./prepare-types.ts";
import type { FeatureSchema } from "./schema.ts";

/** Encoded rows of one party, which examples refer to. */
export interface EncodedRows {
  readonly numRows: number;
  /** [numRows * stored], row-major, table rows: all columns of a batch but those of a history. */
  readonly categorical: Int32Array;
  /** [numRows * N], row-major, scaled; without pairs. */
  readonly numeric: Float32Array;
  readonly histories?: Histories;
  /** Table rows stored per row; default: as many as there are for `numRows`. */
  readonly width?: number;
  /**
   * Where rows are on disk: brings a row into the arrays, which hold a part of all, and gives its index
   * there. What it gave before may be overwritten by then.
   */
  readonly seek?: (row: number) => number;
  readonly pairs?: PairNumbers;
}

/** Computes the numeric features of `of: "pair"`. Users and items are numbered as its maker pleases. */
export interface PairNumbers {
  /** [numRows]: the item of each row. */
  readonly itemOfRow: Int32Array;
  /** The items of each pool that negatives are drawn from; none for explicit labels. */
  readonly itemOfPool: readonly Int32Array[];
  /**
   * Writes the numbers of the user of `row` and of `item` to `out`, from `at` on. How a training row is
   * scored holds for its negatives too: they come with the same row.
   */
  readonly write: (row: number, item: number, out: Float32Array, at: number) => void;
}

/** What users chose before. A row's history is a stretch of `items`, its last `length` entries counting. */
export interface Histories {
  readonly length: number;
  /** Table rows of items, user after user, in time order. */
  readonly items: Int32Array;
  /** [numRows]: row r's history is items[starts[r]] to items[ends[r] - 1], oldest first. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Each user's whole training sequence: items[userStarts[u]] to items[userEnds[u] - 1]. */
  readonly userStarts: Int32Array;
  readonly userEnds: Int32Array;
}

/** Examples by the rows that they take their features from. */
export interface Examples {
  readonly numRows: number;
  readonly rows: EncodedRows;
  /** [numRows]: the row of each example. */
  readonly at: Int32Array;
  /** [numRows]: the row whose item features it takes instead. Default: its own. */
  readonly itemAt?: Int32Array;
  /** Names of the labels. Default: the only one. */
  readonly tasks?: readonly string[];
  /** [numRows], what each counts in training. Default: 1. */
  readonly weight?: Float32Array;
  /** [numRows * tasks], row-major, 0 or 1; -1 where a label is not known. */
  readonly label: Float32Array;
  /**
   * [numRows], the user's index in 0..numUsers-1 of its client (all 0 where no user column exists); not
   * filled for training rows on disk.
   */
  readonly user: Int32Array;
}

/** Examples to be scored and measured. */
export interface EvaluationExamples extends Examples {
  /**
   * [numRows], for sampled candidates: the ranked list a row belongs to, 0..numLists-1, rows of a list
   * adjacent, its one positive first. Absent for explicit labels.
   */
  readonly list?: Int32Array;
  /**
   * [numRows * tasks], row-major, where the data are made up: the true probability of each label, or that
   * of being the list's positive.
   */
  readonly oracle?: Float64Array;
}

/** Held-out rows, of which as many become examples at a time as one likes: ranked lists of whole catalogues fill the memory. */
export interface HeldOutRows {
  readonly numRows: number;
  /** [lists + 1], the first row of each ranked list, then `numRows`; absent for explicit labels. */
  readonly listStarts?: Int32Array;
  /** Those of the given lists, numbered in their order from 0; without any, and of explicit labels, all. */
  readonly examples: (lists?: Int32Array) => EvaluationExamples;
}

/** One client's evaluation data: a pooled model is measured on each client's part by itself. */
export interface EvaluationPart {
  readonly client: string;
  readonly numUsers: number;
  readonly valid: HeldOutRows;
  readonly test: HeldOutRows;
}

/**
 * What one party trains and is measured on. A market has one part, itself; the centralised reference
 * has one part per market.
 */
export interface TrainingData {
  readonly schema: FeatureSchema;
  readonly train: Examples;
  /** How to draw negatives for `train` (its rows are then all positive); absent for explicit labels. */
  readonly negatives?: NegativeSource;
  readonly parts: readonly EvaluationPart[];
}

/** Everything that drawing training negatives needs, in encoded form. */
export interface NegativeSource {
  /** Negatives per positive. */
  readonly ratio: number;
  /** Pools of candidate items, one per client: a pooled model draws from the market of the positive. */
  readonly pools: readonly ItemPool[];
  /** [train.numRows], which pool a training row draws from. */
  readonly poolOfRow: Uint16Array;
}

export interface ItemPool {
  readonly numItems: number;
  /** [numItems * F_item], encoded categorical features of each item, in schema order of `of: item`. */
  readonly categorical: Int32Array;
  /** [numItems * N_item], likewise numeric. */
  readonly numeric: Float32Array;
  /** For each user index of the pool's client: the sorted item indices never to be drawn. CSR form. */
  readonly excludedOffsets: Int32Array;
  readonly excludedItems: Int32Array;
  /** What a negative is drawn by; absent: uniform. */
  readonly draw?: TrainingDraw;
}

/** One batch in buffers that the next batch overwrites. Rows from `numRows` on are padding, weight 0. */
export interface Batch {
  numRows: number;
  /** [batchSize * columns] (`numColumnsOf`) */
  readonly categorical: Int32Array;
  /** [batchSize * N] */
  readonly numeric: Float32Array;
  /** [batchSize * tasks] */
  readonly label: Float32Array;
  /** [batchSize] */
  readonly weight: Float32Array;
}
