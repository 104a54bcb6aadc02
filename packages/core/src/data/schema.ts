/** Whose property a feature is: a sampled negative takes its `item` features from the sampled item. */
export type FeatureOwner = "user" | "item" | "context";

export interface CategoricalFeature {
  readonly name: string;
  readonly of: FeatureOwner;
  /** Rows of its table: padding (0), out of vocabulary (1), then the values. */
  readonly numRows: number;
}

export interface NumericFeature {
  readonly name: string;
  readonly of: FeatureOwner;
}

/**
 * The single description of what models see. The user and item ids, where present, are the categorical
 * features called `user` and `item`, whatever their columns are called.
 */
export interface FeatureSchema {
  readonly categorical: readonly CategoricalFeature[];
  readonly numeric: readonly NumericFeature[];
}

export const PADDING_ROW = 0;
export const OUT_OF_VOCABULARY_ROW = 1;
export const FIRST_VALUE_ROW = 2;
