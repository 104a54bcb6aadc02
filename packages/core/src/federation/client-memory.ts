import type { Factors } from "../models/collaborative/index.ts";

/** What a quantiser makes codes for. */
export type Entity = "item" | "user";

/**
 * Vectors of a party's users and items, from its training positives alone. Users and items are numbered
 * as these positives number them: 0 is everybody, or everything, that training does not hold.
 */
export interface CollaborativeVectors {
  /** Learned from all training positives. */
  readonly factors: Factors;
  /** Learned without one fold of the pairs each, for scores that a training row has no part in; may be none. */
  readonly folds: readonly Factors[];
  /** [numRows] of the party's encoded rows: the fold that holds the row's pair; -1: held out of training. */
  readonly foldOfRow: Int8Array;
  /** [numRows] of the party's encoded rows. */
  readonly userOfRow: Int32Array;
  readonly itemOfRow: Int32Array;
  /** The item of each entry of the pools that negatives are drawn from; none for explicit labels. */
  readonly itemOfPool: readonly Int32Array[];
  /** [numItems], [numUsers]: training positives of each; 0 for number 0. */
  readonly itemCounts: Int32Array;
  readonly userCounts: Int32Array;
  /** Raw values from number 1 on. */
  readonly itemValues: readonly string[];
  readonly userValues: readonly string[];
}

/**
 * Items with training positives that another party has too. Their common numbers are pseudonyms of one
 * run, and another run gives others: nothing may be drawn from them or depend on their order, but sums by
 * anchor. A message about anchors lists them by `ids`, ascending: the order of `items` is that of the
 * party's own counts, and would tell which is the more popular.
 */
export interface Anchors {
  /** Ascending, numbered as `CollaborativeVectors` numbers items. */
  readonly items: Int32Array;
  /** The anchor that each of these items is: 0 to numAnchors - 1, the same in every party. */
  readonly ids: Int32Array;
  /** Anchors of all parties together. */
  readonly numAnchors: number;
}

/** Codes of a party's users or items, as found by its quantiser. */
export interface EntityCodes {
  readonly entity: Entity;
  /** Level by level: whose codebook it is, and its rows, [codes * width]. */
  readonly levels: readonly CodeLevel[];
  readonly width: number;
  /** [numEntities * levels]; -1 for entities without a code, number 0 among them. */
  readonly codes: Int32Array;
}

export interface CodeLevel {
  readonly kind: "global" | "local";
  readonly numCodes: number;
  readonly rows: Float32Array;
}
