import type { Initialiser } from "../tensor/index.ts";

/**
 * One embedding of some features at one width. Rows live outside the graph: a batch brings them in as
 * an input of shape [batch, features.length, width] called `embedding:<name>`.
 */
export interface EmbeddingSpec {
  readonly name: string;
  /** Names of categorical features, in the order of the second axis. */
  readonly features: readonly string[];
  readonly width: number;
  readonly init: Initialiser;
}
