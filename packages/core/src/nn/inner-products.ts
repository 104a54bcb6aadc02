import { numpy as np } from "@jax-js/jax";

/**
 * The inner products <v_f, v_g> of all pairs f < g of rows, ordered (0, 1), (0, 2), ..., (1, 2), ...: for
 * `v` [batch, rows, width], rows > 1, to [batch, rows (rows - 1) / 2].
 */
export function innerProducts(v: np.Array): np.Array {
  const [batch, rows] = v.shape as [number, number];
  const products = np.matmul(v, np.transpose(v, [0, 2, 1]));
  return upperTriangle(products.reshape([batch, rows * rows]), rows);
}

/**
 * What stands above the diagonal of [batch, rows * rows] matrices, row by row. A split has a concatenation
 * as its gradient; slices would each be padded to the full size and added up, five times slower.
 */
function upperTriangle(flat: np.Array, rows: number): np.Array {
  const cuts = Array.from({ length: rows - 1 }, (_, f) => [f * rows + f + 1, (f + 1) * rows]);
  const parts = np.split(flat, cuts.flat(), 1).filter((_, i) => i % 2 === 1);
  return parts.length === 1 ? parts[0]! : np.concatenate(parts, 1);
}
