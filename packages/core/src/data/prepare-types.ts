import type { ColumnsConfig } from "./config.ts";
import type { ColumnSource } from "./stored/column-source.ts";
import type { CategoricalRule, NumericRule } from "./features/declared.ts";
import type { FeatureOwner } from "./schema.ts";
import type { RawColumn } from "./table.ts";
import type { TrueAffinity } from "./true-affinity.ts";

/** A feature's values after roles were applied and derived ones made, still raw. */
export interface RoleColumn<Rule = CategoricalRule | NumericRule> {
  readonly name: string;
  readonly of: FeatureOwner;
  readonly column: RawColumn;
  readonly rule: Rule;
}

/**
 * One client's rows with roles, split and evaluation candidates fixed, before any vocabulary: encoding
 * it with its own vocabularies, with shared ones, or with pooled ones gives the same rows and the same
 * candidates. Structured-cloneable, so that it can be made once and handed to worker threads.
 */
export interface SplitClient {
  readonly client: string;
  readonly feedback: "explicit" | "implicit";
  readonly categorical: readonly RoleColumn<CategoricalRule>[];
  readonly numeric: readonly RoleColumn<NumericRule>[];
  /** Where the rows lie, if not here: the columns of features are then empty. */
  readonly stored?: StoredRows;
  /** Values per row of the feature `history`, where there is one. */
  readonly history?: number;
  readonly tasks: readonly string[];
  /** [numRows] of the table after the duplicate rule; 0 or 1: the label of the first task. */
  readonly label: Float32Array;
  /** Of every further task, [numRows]: 0, 1, or -1 where it is not known. */
  readonly furtherLabels: readonly Float32Array[];
  /** [numRows], what a row counts in training; absent: all alike. */
  readonly weight?: Float32Array;
  /** [numRows] user index, 0..numUsers-1. */
  readonly user: Int32Array;
  readonly numUsers: number;
  readonly numItems: number;
  /** Row numbers of each split. Implicit feedback: positives only. */
  readonly train: Int32Array;
  readonly valid: Int32Array;
  readonly test: Int32Array;
  /** [numRows], ascending; absent where no column has the role time, or some row has none. */
  readonly time?: Float64Array;
  /** What one is in `time`; absent: seconds. */
  readonly timeUnit?: "days" | "seconds" | "milliseconds";
  /** [numRows], the public text of each row's item, -1 where it has none; absent where no column has the role. */
  readonly text?: RawColumn;
  /** [numRows * tasks], row-major, true probabilities; made-up worlds only. */
  readonly oracle?: Float64Array;
  /** By user and item index; synthetic worlds with implicit feedback only. */
  readonly affinity?: TrueAffinity;
  /** Implicit feedback only. */
  readonly sampling?: SplitSampling;
  readonly counts: ClientCounts;
  /** Rules that were applied to these data, in plain words with counts, for the report. */
  readonly notes: readonly string[];
}

/** Rows on disk. Plain data but for `source`, which is opened where they are read. */
export interface StoredRows {
  /** The folder and the key of the table. */
  readonly directory: string;
  readonly key: string;
  readonly columns: ColumnsConfig;
  readonly source?: ColumnSource;
}

export interface SplitSampling {
  /** Item index of each row, 0..numItems-1. */
  readonly item: Int32Array;
  /** A row that carries item i's features. */
  readonly rowOfItem: Int32Array;
  /** Training negatives per positive. */
  readonly ratio: number;
  /** What a negative is drawn by; absent: uniform. */
  readonly draw?: TrainingDraw;
  /** Items never drawn for a user in training, CSR by user, sorted. */
  readonly excludedOffsets: Int32Array;
  readonly excludedItems: Int32Array;
  /** Fixed candidates: for list i (row valid[i], test[i]), items [offsets[i], offsets[i+1]) . */
  readonly validCandidates: Candidates;
  readonly testCandidates: Candidates;
}

/** How training negatives are drawn where they are not uniform. */
export type TrainingDraw =
  | {
      readonly kind: "weighted";
      /** [numItems]; an item is drawn in proportion to its weight, never where that is 0. */
      readonly weights: Float64Array;
      /** [numUsers], how many items of positive weight the user does not exclude. */
      readonly numFree: Int32Array;
    }
  | {
      readonly kind: "given";
      /** [train], the list that a training row draws from. */
      readonly listOfRow: Int32Array;
      /** Distinct items of each list, CSR. */
      readonly offsets: Int32Array;
      readonly items: Int32Array;
    };

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
