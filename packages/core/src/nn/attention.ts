import { nn as jaxNn, numpy as np } from "@jax-js/jax";
import type { ParameterSpec } from "../tensor/index.ts";
import type { Arrays } from "./arrays.ts";
import type { LayerNorm } from "./layer-norm.ts";
import { linear } from "./linear.ts";

export interface AttentionOptions {
  readonly width: number;
  /** Divides the width. */
  readonly heads: number;
  /** Whether a position sees itself and earlier ones only. */
  readonly causal: boolean;
}

export interface Attention {
  readonly parameters: readonly ParameterSpec[];
  /** [batch, length, width] to the same shape. */
  readonly forward: (parameters: Arrays, x: np.Array, options?: Seen) => np.Array;
}

export interface Seen {
  /** [batch, length]: 1 where a position may be seen, 0 where it is padding. Default: all may. */
  readonly present?: np.Array | undefined;
  /** Applied to x first. */
  readonly norm?: LayerNorm;
}

/** Added to a score that must not count: finite, so that a row without any other stays finite. */
const MASKED = -1e9;

/** Added to the score of a later position: lower, so that where all else is padding it still counts for nothing. */
const LATER = 2 * MASKED;

/**
 * Multi-head scaled dot-product self-attention.
 *
 *   head_h = softmax(Q_h K_h' / sqrt(width / heads) + mask) V_h,   y = [head_1, ..., head_H] W_o + b_o
 *
 * Vaswani et al. 2017, section 3.2; `scaled_dot_product_attention`. A position with nothing but padding to
 * see (causal attention, padding at the start) gets the mean of these values: finite, of no later position,
 * but itself padding and not to be read. Names: `<name>/queries`, `keys`, `values`, `out`, each a `linear`.
 */
export function attention(name: string, { width, heads, causal }: AttentionOptions): Attention {
  const depth = width / heads;
  if (!Number.isInteger(depth))
    throw new RangeError(`attention "${name}": ${heads} heads do not divide the width ${width}`);
  const map = (part: string) => linear(`${name}/${part}`, { inputs: width, outputs: width });
  const [queries, keys, values, out] = [map("queries"), map("keys"), map("values"), map("out")];
  return {
    parameters: [queries, keys, values, out].flatMap((layer) => layer.parameters),
    forward: (parameters, x, { present, norm } = {}) => {
      const [batch, length] = x.shape as [number, number];
      const split = (y: np.Array) =>
        np.transpose(y.reshape([batch, length, heads, depth]), [0, 2, 1, 3]);
      const maps = [queries, keys, values];
      const projected =
        norm === undefined
          ? maps.map((layer) => layer.forward(parameters, x))
          : norm.into(parameters, x, maps);
      const [q, k, v] = projected.map(split) as [np.Array, np.Array, np.Array];
      let scores = np.matmul(q, np.transpose(k, [0, 1, 3, 2])).mul(1 / Math.sqrt(depth));
      if (causal) scores = scores.add(laterMasked(length));
      if (present !== undefined)
        scores = scores.add(present.sub(1).mul(-MASKED).reshape([batch, 1, 1, length]));
      const mixed = np.matmul(jaxNn.softmax(scores, -1), v);
      const joined = np.transpose(mixed, [0, 2, 1, 3]).reshape([batch, length, width]);
      return out.forward(parameters, joined);
    },
  };
}

/** [length, length]: 0 for each position and those before it, `LATER` for later ones. */
function laterMasked(length: number): np.Array {
  const mask = Float32Array.from({ length: length * length }, (_, i) =>
    i % length > Math.floor(i / length) ? LATER : 0,
  );
  return np.array(mask, { shape: [length, length] });
}
