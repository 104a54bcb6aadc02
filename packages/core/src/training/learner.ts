import { AtollError } from "../errors/index.ts";
import type { OptimiserState } from "../optim/index.ts";
import type { RandomStream } from "../random/index.ts";
import type { PassCost, PassSecrets } from "./private-training.ts";
import type { PassTerms } from "./dense-update.ts";

/** Changes what a model has learned, pass by pass. */
export interface Learner {
  /** What one pass costs; undefined where nothing is protected. */
  readonly cost?: PassCost;
  /** One pass over the training data; gives the mean loss. */
  readonly epoch: (options: EpochOptions) => Promise<number>;
  /** See `Trainer.refreshStatistics`. */
  readonly refreshStatistics: (options: RefreshOptions) => Promise<void>;
  /** The optimisers' memories by owner: `dense`, and tables by name. */
  readonly memories: Readonly<Record<string, OptimiserState>> & { readonly dense: OptimiserState };
  readonly close: () => Promise<void>;
}

export interface EpochOptions extends PassTerms {
  readonly stream: RandomStream;
  /** Aborts between batches. */
  readonly signal?: AbortSignal;
  /** How much of the pass is done, 0 to 1, after every batch. */
  readonly onProgress?: (share: number) => void;
  /** Of a trainer that protects units: noise and sampling of this pass. */
  readonly secrets?: PassSecrets;
}

export interface RefreshOptions {
  /** Of the order of rows, and of fresh negatives. */
  readonly stream: RandomStream;
  /** Aborts between batches, and leaves the statistics as they were. */
  readonly signal?: AbortSignal;
}

export function diverged(party: string, loss: number, numRows: number): AtollError {
  return new AtollError(
    "TRAINING_DIVERGED",
    `client "${party}": the loss became ${loss} after ${numRows} rows of a pass; lower training.optimiser.learningRate or check the numeric columns for extreme values`,
  );
}
