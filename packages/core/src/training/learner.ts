import { AtollError } from "../errors/index.ts";
import type { OptimiserState } from "../optim/index.ts";
import type { RandomStream } from "../random/index.ts";

/** Changes what a model has learned, pass by pass. */
export interface Learner {
  /** One pass over the training data; gives the mean loss. */
  readonly epoch: (options: EpochOptions) => Promise<number>;
  /** The optimisers' memories by owner: `dense`, and tables by name. */
  readonly memories: Readonly<Record<string, OptimiserState>>;
  readonly close: () => Promise<void>;
}

export interface EpochOptions {
  readonly stream: RandomStream;
  /** Adds mu (w - anchor) to the gradient of the dense parameters; mu 0 adds nothing. */
  readonly proximal: { readonly mu: number; readonly anchor: Float32Array };
  /** Aborts between batches. */
  readonly signal?: AbortSignal;
  /** How much of the pass is done, 0 to 1, after every batch. */
  readonly onProgress?: (share: number) => void;
}

export function diverged(party: string, loss: number, numRows: number): AtollError {
  return new AtollError(
    "TRAINING_DIVERGED",
    `client "${party}": the loss became ${loss} after ${numRows} rows of a pass; lower training.optimiser.learningRate or check the numeric columns for extreme values`,
  );
}
