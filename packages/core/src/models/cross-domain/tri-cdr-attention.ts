import { nn as jaxNn, numpy as np } from "@jax-js/jax";
import { arrayOf, linear, type Arrays } from "../../nn/index.ts";
import { constant, type ParameterSpec } from "../../tensor/index.ts";

/** Added to the score of a position that must not be seen: finite, so that no row is without any. */
const HIDE = -1e9;

/** States of one sequence, and who may see which. */
export interface SeenStates {
  /** [C, P, width] */
  readonly states: np.Array;
  /** [C, Q, P]: 1 where a query may see the position. */
  readonly seen: np.Array;
}

export interface TripleAttentionOptions {
  readonly width: number;
  /** Entries of the two hidden layers. */
  readonly hidden: readonly [number, number];
}

export interface TripleAttention {
  readonly parameters: readonly ParameterSpec[];
  /**
   * What queries [C, Q, width] find in each sequence, [C, Q, width] in their order; 0 where they may see
   * nothing. The first sequence is the mixed one.
   */
  readonly forward: (
    parameters: Arrays,
    queries: np.Array,
    sequences: readonly SeenStates[],
  ) => np.Array[];
}

/**
 * Triple cross-domain attention: a state of the target domain asks every sequence, in the light of the mixed
 * one as a whole.
 *
 *   a = softmax_p MLP([f_p ; q ; f_p q ; q - f_p ; m]),   out = sum_p a_p f_p
 *
 * f_p are the states of the sequence, q the query, m the mean of the mixed states; the MLP has two hidden
 * layers under PReLU and serves every sequence. Ma et al. 2024 (Tri-CDR), as the authors' code has it, but
 * that this averages padding where a query may see nothing, and here the result is 0. What a query may see
 * ends before what it predicts.
 *
 * The first layer is applied part by part: only its product part depends on query and position together.
 */
export function tripleAttention(name: string, options: TripleAttentionOptions): TripleAttention {
  const {
    width,
    hidden: [first, second],
  } = options;
  const layers = [
    linear(`${name}/0`, { inputs: 5 * width, outputs: first }),
    linear(`${name}/1`, { inputs: first, outputs: second }),
    linear(`${name}/2`, { inputs: second, outputs: 1 }),
  ] as const;
  const slopes = [0, 1].map((i): ParameterSpec => ({
    name: `${name}/slope${i}`,
    shape: [1],
    role: "weight",
    init: constant(0.25),
  }));

  const forward = (parameters: Arrays, queries: np.Array, sequences: readonly SeenStates[]) => {
    const [users, asked] = queries.shape as [number, number];
    const weight = arrayOf(parameters, `${name}/0/weight`);
    const part = (i: number) => weight.slice([i * width, (i + 1) * width], []);
    const prelu = (i: number, x: np.Array) =>
      np.maximum(0, x).add(np.minimum(0, x).mul(arrayOf(parameters, slopes[i]!.name)));

    const mixed = meanSeen(sequences[0]!);
    const ofQuery = np
      .matmul(queries, part(1).add(part(3)))
      .add(np.matmul(mixed, part(4)))
      .add(arrayOf(parameters, `${name}/0/bias`));
    return sequences.map(({ states, seen }) => {
      const positions = states.shape[1]!;
      const products = queries
        .reshape([users, asked, 1, width])
        .mul(states.reshape([users, 1, positions, width]));
      const hidden = np
        .matmul(products, part(2))
        .add(ofQuery.reshape([users, asked, 1, first]))
        .add(np.matmul(states, part(0).sub(part(3))).reshape([users, 1, positions, first]));
      const deeper = prelu(1, layers[1].forward(parameters, prelu(0, hidden)));
      const scores = layers[2].forward(parameters, deeper).reshape([users, asked, positions]);
      const shares = jaxNn.softmax(scores.add(seen.sub(1).mul(-HIDE)), -1).mul(seen);
      return np.matmul(shares, states);
    });
  };
  return {
    parameters: [...layers.flatMap((layer) => layer.parameters), ...slopes],
    forward,
  };
}

/** [C, Q, width]: the mean of the states that each query may see, 0 without any. */
function meanSeen({ states, seen }: SeenStates): np.Array {
  const count = np.sum(seen, -1, { keepdims: true });
  return np.matmul(seen, states).mul(np.reciprocal(np.maximum(1, count)));
}
