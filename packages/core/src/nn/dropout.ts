import type { numpy as np } from "@jax-js/jax";
import { arrayOf, type Arrays } from "./arrays.ts";

/** A mask that a program takes as the input `dropout:<name>`: [batch, size], filled anew for each step. */
export interface DropoutSpec {
  readonly name: string;
  readonly size: number;
  /** The share of entries that are dropped, 0 <= rate < 1. */
  readonly rate: number;
}

/** What dropout reads beside its input. */
export interface DropoutInputs {
  readonly dropout: Arrays;
  readonly mode: "train" | "predict";
}

export interface Dropout {
  readonly masks: readonly DropoutSpec[];
  /** [batch, size] to the same shape. */
  readonly forward: (inputs: DropoutInputs, x: np.Array) => np.Array;
}

/**
 * Drops entries at random while training and scales the others, so that the mean stays; scoring changes
 * nothing.
 *
 *   y = x * mask,   mask = 1 / (1 - rate) with probability 1 - rate, else 0
 *
 * Srivastava et al. 2014, in the inverted form of `torch.nn.Dropout`. Rate 0 declares no mask.
 */
export function dropout(name: string, options: Omit<DropoutSpec, "name">): Dropout {
  const { rate } = options;
  if (!(rate >= 0 && rate < 1))
    throw new RangeError(`dropout "${name}": the rate must be at least 0 and below 1, not ${rate}`);
  if (rate === 0) return { masks: [], forward: (_, x) => x };
  return {
    masks: [{ name, ...options }],
    forward: ({ dropout: masks, mode }, x) => (mode === "train" ? x.mul(arrayOf(masks, name)) : x),
  };
}
