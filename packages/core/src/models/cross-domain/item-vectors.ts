import { numpy as np } from "@jax-js/jax";
import { arrayOf, type Arrays } from "../../nn/index.ts";
import { ITEMS_IN, ITEMS_OUT } from "./layout.ts";

/** What stands for items: vectors [..., publicWidth] of what is public, learned ones [..., width], or both. */
export interface ItemSource {
  readonly public?: np.Array | undefined;
  readonly rows?: np.Array | undefined;
}

/** v = public W_in + row: what encoders read, [..., width]. */
export function inputVectors(parameters: Arrays, source: ItemSource): np.Array {
  return projected(parameters, ITEMS_IN, source);
}

/** v = public W_out + row: what queries are compared with, [..., width]. */
export function candidateVectors(parameters: Arrays, source: ItemSource): np.Array {
  return projected(parameters, ITEMS_OUT, source);
}

/**
 * Products of queries [C, T, width] with the vectors of candidates, [C, T, M], without making these:
 *
 *   <q, public W_out + row> = <q W_out', public> + <q, row>
 *
 * Cheaper where there are more candidates than queries.
 */
export function productLogits(parameters: Arrays, queries: np.Array, source: ItemSource): np.Array {
  const all = (x: np.Array, vectors: np.Array) => np.matmul(x, np.transpose(vectors, [0, 2, 1]));
  const logits = [
    ...(source.public === undefined
      ? []
      : [all(np.matmul(queries, np.transpose(arrayOf(parameters, ITEMS_OUT))), source.public)]),
    ...(source.rows === undefined ? [] : [all(queries, source.rows)]),
  ];
  return logits.reduce((sum, part) => sum.add(part));
}

function projected(parameters: Arrays, name: string, source: ItemSource): np.Array {
  const parts = [
    ...(source.public === undefined ? [] : [np.matmul(source.public, arrayOf(parameters, name))]),
    ...(source.rows === undefined ? [] : [source.rows]),
  ];
  return parts.reduce((sum, part) => sum.add(part));
}
