import { transposedGraph, type ItemGraph } from "./graph.ts";

/** A linear map of item tables, row by row of the width. */
export interface TablePropagation {
  /** out <- P table, both [items * width]. */
  readonly forward: (table: Float32Array, out: Float32Array) => void;
  /** sum <- sum + P' gradient, both [items * width]: the gradient by the table of what followed from it. */
  readonly addBackward: (gradient: Float64Array, sum: Float64Array) => void;
}

/**
 * What items are beside themselves: the mean of the layers of their graph.
 *
 *   P = I + 1 / (K + 1) sum_{k = 0..K} G^k
 *
 * Cao et al. 2022 (C2DSR), without the biases and the dropout of the authors' code: a linear map, which acts on
 * the table once for a batch. Sums are taken by Horner's rule, y <- x + G y.
 */
export function graphPropagation(
  graph: ItemGraph,
  { width, layers }: { readonly width: number; readonly layers: number },
): TablePropagation {
  const back = transposedGraph(graph);
  const size = (graph.starts.length - 1) * width;
  const tables = [new Float64Array(size), new Float64Array(size)] as const;
  const share = 1 / (layers + 1);

  /** The sum of the layers of x. */
  const summed = (x: Float32Array | Float64Array, { starts, items, weights }: ItemGraph) => {
    let [y, next] = [tables[0], tables[1]];
    y.set(x);
    for (let layer = 0; layer < layers; layer++) {
      next.set(x);
      for (let i = 0; i + 1 < starts.length; i++)
        for (let e = starts[i]!; e < starts[i + 1]!; e++) {
          const weight = weights[e]!;
          const from = items[e]! * width;
          for (let j = 0; j < width; j++) next[i * width + j]! += weight * y[from + j]!;
        }
      [y, next] = [next, y];
    }
    return y;
  };

  return {
    forward: (table, out) => {
      const y = summed(table, graph);
      for (let i = 0; i < size; i++) out[i] = table[i]! + share * y[i]!;
    },
    addBackward: (gradient, sum) => {
      const y = summed(gradient, back);
      for (let i = 0; i < size; i++) sum[i]! += gradient[i]! + share * y[i]!;
    },
  };
}
