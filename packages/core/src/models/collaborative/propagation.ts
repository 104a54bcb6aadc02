import type { Arena } from "../../kernels/index.ts";
import { transposed, type Positives } from "./positives.ts";

/** The mean of the layers 0..K of a propagation over the graph of users and items. */
export interface Propagation {
  /** Users first, then items. */
  readonly numNodes: number;
  /**
   * out <- 1 / (K + 1) sum_{k = 0..K} A^k x, both [numNodes * width], in the arena. A is symmetric, so
   * this is its own transpose: what takes embeddings to scores takes their gradient back.
   */
  readonly meanOfLayers: (x: Float32Array, out: Float32Array) => void;
}

/**
 * A = D^{-1/2} R D^{-1/2}, R the adjacency matrix of users and items, D its degrees; nodes without an edge
 * propagate nothing. The sum is taken by Horner's rule, y <- x + A y, K times: no layer is kept, and
 * nothing is allocated; tables hold D^{-1/2} y, so that a layer is sums and one product. He et al. 2020, "LightGCN", equations 3, 4 and 8.
 */
export function propagation(
  arena: Arena,
  positives: Positives,
  { width, layers }: { readonly width: number; readonly layers: number },
): Propagation {
  const { numUsers, numItems } = positives;
  const byItem = transposed(positives);
  const numNodes = numUsers + numItems;
  const numEdges = positives.items.length;
  const starts = arena.int32(numNodes + 1);
  const neighbours = arena.int32(2 * numEdges);
  starts.set(positives.offsets);
  neighbours.set(positives.items.map((item) => numUsers + item));
  starts.set(
    byItem.offsets.map((offset) => numEdges + offset),
    numUsers,
  );
  neighbours.set(byItem.items, numEdges);
  const scale = arena.float32(numNodes);
  for (let node = 0; node < numNodes; node++) {
    const degree = starts[node + 1]! - starts[node]!;
    scale[node] = degree === 0 ? 0 : 1 / Math.sqrt(degree);
  }

  const tables = [arena.float32(numNodes * width), arena.float32(numNodes * width)] as const;
  const { kernels, address } = arena;
  const share = 1 / (layers + 1);
  return {
    numNodes,
    meanOfLayers: (x, out) => {
      if (layers === 0) {
        out.set(x);
        return;
      }
      kernels.scaleRows(address(x), width, address(scale), numNodes, address(tables[0]));
      for (let layer = 0; layer < layers; layer++) {
        const last = layer === layers - 1;
        kernels.propagate(
          address(tables[layer % 2]!),
          width,
          address(neighbours),
          address(starts),
          numNodes,
          address(x),
          address(scale),
          share,
          last ? 1 : 0,
          last ? address(out) : address(tables[(layer + 1) % 2]!),
        );
      }
    },
  };
}
