/** Whose property a feature is: a sampled negative takes its `item` features from the sampled item. */
export type FeatureOwner = "user" | "item" | "context";

export interface CategoricalFeature {
  readonly name: string;
  readonly of: FeatureOwner;
  /** Rows of its table: padding (0), out of vocabulary (1), then the values. */
  readonly numRows: number;
  /** Values per example, padded with row 0: the most that a sequence or a bag holds. Default: 1. */
  readonly length?: number;
  /** The feature of length 1 whose values and table rows these are, as a history's are items. Default: its own. */
  readonly vocabulary?: string;
  /** How models that want one vector of a longer feature pool its values. Default: mean. */
  readonly pooling?: Pooling;
}

export type Pooling = "mean" | "sum";

export interface NumericFeature {
  readonly name: string;
  /**
   * `pair`: of a user and an item together, computed when a batch is filled (`EncodedRows.pairs`). Such
   * features come last and are stored nowhere.
   */
  readonly of: FeatureOwner | "pair";
}

/**
 * The single description of what models see. The user and item ids, where present, are the categorical
 * features called `user` and `item`, whatever their columns are called.
 */
export interface FeatureSchema {
  readonly categorical: readonly CategoricalFeature[];
  /** A vector of numbers, such as a pre-trained one, is as many numeric features `<name>/<i>`. */
  readonly numeric: readonly NumericFeature[];
  /** Names of the labels that examples carry. Default: the one called `label`. */
  readonly tasks?: readonly string[];
}

export const PADDING_ROW = 0;
export const OUT_OF_VOCABULARY_ROW = 1;
export const FIRST_VALUE_ROW = 2;

/** The task of data with a single label. */
export const ONLY_TASK = "label";

export function tasksOf({ tasks }: Pick<FeatureSchema, "tasks">): readonly string[] {
  return tasks ?? [ONLY_TASK];
}

/** Values per example of a feature. */
export function lengthOf({ length }: Pick<CategoricalFeature, "length">): number {
  return length ?? 1;
}

/** Whose rows of a table a feature reads. */
export function vocabularyOf({
  name,
  vocabulary,
}: Pick<CategoricalFeature, "name" | "vocabulary">): string {
  return vocabulary ?? name;
}

/** Values per example of all categorical features: the columns of a batch. */
export function numColumnsOf({ categorical }: Pick<FeatureSchema, "categorical">): number {
  return categorical.reduce((sum, feature) => sum + lengthOf(feature), 0);
}

/** Numbers stored per row: those of all numeric features but pairs. */
export function numStoredNumbers({ numeric }: Pick<FeatureSchema, "numeric">): number {
  return numeric.filter((feature) => feature.of !== "pair").length;
}

/** The first column of every categorical feature. */
export function columnsOf({ categorical }: Pick<FeatureSchema, "categorical">): number[] {
  let column = 0;
  return categorical.map((feature) => {
    const start = column;
    column += lengthOf(feature);
    return start;
  });
}

/** Positions in a batch of what a sampled item brings along. */
export function itemColumns(schema: FeatureSchema): {
  readonly categorical: Int32Array;
  readonly numeric: Int32Array;
} {
  const categorical: number[] = [];
  let column = 0;
  for (const feature of schema.categorical) {
    for (let i = 0; i < lengthOf(feature); i++)
      if (feature.of === "item") categorical.push(column + i);
    column += lengthOf(feature);
  }
  const numeric = [...schema.numeric.keys()].filter((n) => schema.numeric[n]!.of === "item");
  return { categorical: Int32Array.from(categorical), numeric: Int32Array.from(numeric) };
}
