import type { Initialiser } from "../tensor/index.ts";

/**
 * One embedding of some features at one width. Rows live outside the graph: a batch brings them in as
 * an input of shape [batch, values, width] called `embedding:<name>`, a value being one of a feature's
 * `length` values per example.
 */
export interface EmbeddingSpec {
  readonly name: string;
  /** Names of categorical features, in the order of the second axis; features of one vocabulary share rows. */
  readonly features: readonly string[];
  readonly width: number;
  readonly init: Initialiser;
}
