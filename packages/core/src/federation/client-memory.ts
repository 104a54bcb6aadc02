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
