import type { Factors } from "../../models/collaborative/index.ts";
import type { TemplateConfig } from "../../models/multitask/templated-mmoe.ts";

/** A feature that a method adds to users or items, as new rows are given it. */
export interface AddedCode {
  readonly name: string;
  readonly of: "user" | "item";
  /** By the table row of the feature `user`, or `item`: the row of the added feature's own table. */
  readonly rows: Int32Array;
}

/**
 * A number of a user and an item together, as new rows are given it:
 *
 *   x = (mean over models of <users_u, items_i> + bias_i, minus centre) scale
 *
 * u and i are the table rows of user and item less `offset`, which numbers everything unseen 0.
 */
export interface AddedScore {
  readonly name: string;
  readonly centre: number;
  readonly scale: number;
  readonly offset: number;
  readonly models: readonly Factors[];
}

/** Features whose embeddings condition the log-odds of a click model. */
export interface HeadFeatures {
  readonly item: readonly string[];
  readonly user: readonly string[];
}

/** What a method adds to the declared features, and how its model is made for all of them. */
export interface Added {
  readonly codes: readonly AddedCode[];
  readonly score?: AddedScore;
  /** Features that the model itself does not read. */
  readonly unread: readonly string[];
  readonly head?: HeadFeatures;
  /** Factors that the model's experts are made of. */
  readonly template?: TemplateConfig;
}
