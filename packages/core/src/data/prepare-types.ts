import type { FeatureOwner } from "./schema.ts";
import type { RawColumn } from "./table.ts";

/** A feature column after roles were applied, still in raw values. */
export interface RoleColumn {
  readonly name: string;
  readonly of: FeatureOwner;
  readonly column: RawColumn;
}

/**
 * One client's rows with roles, split and evaluation candidates fixed, before any vocabulary: encoding
 * it with its own vocabularies, with shared ones, or with pooled ones gives the same rows and the same
 * candidates. Structured-cloneable, so that it can be made once and handed to worker threads.
 */
export interface SplitClient {
  readonly client: string;
  readonly feedback: "explicit" | "implicit";
  readonly categorical: readonly RoleColumn[];
  readonly numeric: readonly RoleColumn[];
  /** [numRows] of the table after the duplicate rule; 0 or 1. */
  readonly label: Float32Array;
  /** [numRows] user index, 0..numUsers-1. */
  readonly user: Int32Array;
  readonly numUsers: number;
  readonly numItems: number;
  /** Row numbers of each split. Implicit feedback: positives only. */
  readonly train: Int32Array;
  readonly valid: Int32Array;
  readonly test: Int32Array;
  /** [numRows], true click probability, synthetic worlds only. */
  readonly oracle?: Float64Array;
  /** Implicit feedback only. */
  readonly sampling?: SplitSampling;
  readonly counts: ClientCounts;
  /** Rules that were applied to these data, in plain words with counts, for the report. */
  readonly notes: readonly string[];
}

export interface SplitSampling {
  /** Item index of each row, 0..numItems-1. */
  readonly item: Int32Array;
  /** A row that carries item i's features. */
  readonly rowOfItem: Int32Array;
  /** Training negatives per positive. */
  readonly ratio: number;
  /** Items never drawn for a user in training, CSR by user, sorted. */
  readonly excludedOffsets: Int32Array;
  readonly excludedItems: Int32Array;
  /** Fixed candidates: for list i (row valid[i], test[i]), items [offsets[i], offsets[i+1]) . */
  readonly validCandidates: Candidates;
  readonly testCandidates: Candidates;
}

export interface Candidates {
  readonly offsets: Int32Array;
  readonly items: Int32Array;
}

export interface ClientCounts {
  readonly train: number;
  readonly valid: number;
  readonly test: number;
  readonly users: number;
  readonly items: number;
}

/** Values by feature name, in table-row order from FIRST_VALUE_ROW on. Given ones override fitted ones. */
export type Vocabularies = Readonly<Record<string, readonly string[]>>;
