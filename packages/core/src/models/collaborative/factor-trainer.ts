import type { RandomStream } from "../../random/index.ts";
import type { Factors } from "./factors.ts";
import type { FitOptions } from "./types.ts";

/** A model of user and item vectors that is trained pass by pass. */
export interface FactorTrainer {
  /** One pass: as many triples as there are training positives. Returns their mean loss. */
  readonly epoch: (random: RandomStream, signal?: AbortSignal) => Promise<number>;
  /** The vectors to score with as of now, in arrays of their own. */
  readonly factors: () => Factors;
  /** All that was learned, with the optimiser's memory: the live arrays. */
  readonly arrays: Readonly<Record<string, Float32Array>>;
  /** [numItems * width], the item vectors among what is learned, live; absent where there are none. */
  readonly items?: Float32Array;
  /** Optimiser steps taken; to be written when `arrays` are restored. */
  steps: number;
}

/** Trains for a number of passes and gives the last vectors. */
export async function fitFactors(
  trainer: FactorTrainer,
  epochs: number,
  random: RandomStream,
  { signal, onEpoch }: FitOptions = {},
): Promise<Factors> {
  for (let epoch = 0; epoch < epochs; epoch++) {
    signal?.throwIfAborted();
    const loss = await trainer.epoch(random, signal);
    onEpoch?.({ epoch, loss });
  }
  return trainer.factors();
}
