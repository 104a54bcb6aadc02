import { AtollError } from "../../errors/index.ts";

export interface TrainingPass {
  readonly client: string;
  /** What `order` counts, in plural. */
  readonly examples: string;
  readonly perStep: number;
  /** Puts examples into the batch. */
  readonly fill: (own: Int32Array) => void;
  readonly step: { readonly run: () => Promise<void> };
  /** What a step leaves here. */
  readonly loss: Float32Array;
  /** Moves what is learned by a step's gradient. */
  readonly update: () => void;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** Steps over all examples in the given order; gives the mean of their losses, 0 without any. */
export async function trainingPass(order: Int32Array, pass: TrainingPass): Promise<number> {
  const { perStep, loss } = pass;
  let total = 0;
  for (let from = 0; from < order.length; from += perStep) {
    pass.signal?.throwIfAborted();
    pass.fill(order.subarray(from, from + perStep));
    await pass.step.run();
    if (!Number.isFinite(loss[0]))
      throw new AtollError(
        "TRAINING_DIVERGED",
        `client "${pass.client}": the loss became ${loss[0]} after ${from} ${pass.examples} of a pass; lower training.optimiser.learningRate`,
      );
    total += loss[0]!;
    pass.update();
    pass.onProgress?.(Math.min(1, (from + perStep) / order.length));
  }
  return order.length > 0 ? total / Math.ceil(order.length / perStep) : 0;
}
