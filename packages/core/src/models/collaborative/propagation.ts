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
 * nothing is allocated. He et al. 2020, "LightGCN", equations 3, 4 and 8.
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
  const scale = Float32Array.from({ length: numNodes }, (_, node) => {
    const degree = starts[node + 1]! - starts[node]!;
    return degree === 0 ? 0 : 1 / Math.sqrt(degree);
  });

  const scaled = arena.float32(numNodes * width);
  const sums = arena.float32(numNodes * width);
  const { kernels, address } = arena;
  return {
    numNodes,
    meanOfLayers: (x, out) => {
      out.set(x);
      for (let layer = 0; layer < layers; layer++) {
        for (let node = 0, at = 0; node < numNodes; node++) {
          const factor = scale[node]!;
          for (const end = at + width; at < end; at++) scaled[at] = factor * out[at]!;
        }
        kernels.gatherBags(
          address(scaled),
          width,
          address(neighbours),
          address(neighbours),
          address(starts),
          numNodes,
          0,
          address(sums),
        );
        for (let node = 0, at = 0; node < numNodes; node++) {
          const factor = scale[node]!;
          for (const end = at + width; at < end; at++) out[at] = x[at]! + factor * sums[at]!;
        }
      }
      const share = 1 / (layers + 1);
      for (let at = 0; at < out.length; at++) out[at]! *= share;
    },
  };
}
