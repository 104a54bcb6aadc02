import { nn, numpy as np } from "@jax-js/jax";
import { floats, type Case } from "./agreement.laws.ts";

/** A function that a fusion improves, for tensors of any shape [..., n]. */
export interface FusionCase {
  readonly make: (shape: readonly number[]) => Case;
  /** Differentiated by these. */
  readonly wrt?: readonly string[];
  /** A shape for which the operators are checked. */
  readonly shape: readonly number[];
  readonly present: readonly string[];
  readonly absent: readonly string[];
}

/** The weighted sum of what `f` gives, so that no part of the gradient is constant. */
function weighted(f: (x: np.Array) => np.Array): (shape: readonly number[]) => Case {
  return (shape) => ({
    fn: ({ x, w }) => {
      const y = f(x!);
      return { loss: np.sum(y.mul(w!)), y };
    },
    inputs: [floats("x", shape), floats("w", shape)],
  });
}

const last = (shape: readonly number[]): number => shape.at(-1)!;

/** Scores masked by sums: a constant causal mask, and one for each sequence that is computed. */
export function maskedBySums(batch: number, size: number): Case {
  const later = Float32Array.from({ length: size * size }, (_, i) =>
    i % size > Math.floor(i / size) ? -1e9 : 0,
  );
  return {
    fn: ({ x, w, present }) => {
      const padding = np.floor(present!).mul(1e9).reshape([batch, 1, 1, size]);
      const scores = x!.add(np.array(later, { shape: [size, size] })).add(padding);
      const y = nn.softmax(scores, -1);
      return { loss: np.sum(y.mul(w!)), y };
    },
    inputs: [
      floats("x", [batch, 2, size, size]),
      floats("w", [batch, 2, size, size]),
      floats("present", [batch, size], -0.5, 0.99),
    ],
  };
}

/** Scores [..., n, n] under a mask [n, n], as attention has them. */
export function maskedSoftmax(fill: number, mask: "causal" | "random", size: number): Case {
  return {
    fn: ({ x, w, m }) => {
      const open = mask === "causal" ? np.tril(np.ones([size, size])) : m!;
      const y = nn.softmax(np.where(open.greater(0), x!, fill), -1);
      return { loss: np.sum(y.mul(w!)), y };
    },
    inputs: [
      floats("x", [4, size, size]),
      floats("w", [4, size, size]),
      floats("m", [size, size], -2, 1),
    ],
  };
}

export const fusionCases: Readonly<Record<string, FusionCase>> = {
  "softmax along the last axis": {
    make: weighted((x) => nn.softmax(x, -1)),
    wrt: ["x"],
    shape: [3, 4],
    present: ["Softmax"],
    absent: ["Exp", "Reciprocal"],
  },
  "softmax along the first axis": {
    make: weighted((x) => nn.softmax(x, 0)),
    wrt: ["x"],
    shape: [3, 4],
    present: ["Softmax"],
    absent: ["Exp", "Reciprocal"],
  },
  sigmoid: {
    make: weighted((x) => nn.sigmoid(x)),
    wrt: ["x"],
    shape: [3, 4],
    present: ["Sigmoid"],
    absent: ["Exp", "Reciprocal", "Neg"],
  },
  softplus: {
    make: weighted((x) => nn.softplus(x)),
    wrt: ["x"],
    shape: [3, 4],
    present: ["Abs", "Relu", "Log", "Sigmoid"],
    absent: ["Reciprocal"],
  },
  tanh: {
    make: weighted((x) => np.tanh(x)),
    wrt: ["x"],
    shape: [3, 4],
    present: ["Tanh"],
    absent: ["Exp", "Reciprocal", "Where", "Less"],
  },
  subtraction: {
    make: weighted((x) => np.square(x).sub(np.negative(x)).sub(x)),
    shape: [3, 4],
    present: ["Sub"],
    absent: ["Neg"],
  },
  "a bias and relu after a product": {
    make: (shape) => ({
      fn: ({ x, w, b }) => {
        const hidden = nn.relu(np.matmul(x!, w!).add(b!));
        return { hidden, loss: np.sum(np.sin(hidden)) };
      },
      inputs: [floats("x", [...shape, 3]), floats("w", [3, 4]), floats("b", [4])],
    }),
    wrt: ["x", "w", "b"],
    shape: [5],
    present: ["Gemm", "Relu"],
    absent: ["Add"],
  },
  "a bias after the product of one row": {
    make: () => ({
      fn: ({ x, w, b }) => ({ loss: np.sum(np.sin(nn.relu(np.matmul(x!, w!).add(b!)))) }),
      inputs: [floats("x", [1, 3]), floats("w", [3, 4]), floats("b", [4])],
    }),
    shape: [1],
    present: ["Gemm", "Relu"],
    absent: ["Add", "Reshape"],
  },
  "relu, slope 0 at 0": {
    make: weighted((x) => np.maximum(0, np.matmul(x, np.ones([last(x.shape), last(x.shape)])))),
    wrt: ["x"],
    shape: [3, 4],
    present: ["Relu"],
    absent: ["Max"],
  },
  "squares summed": {
    make: (shape) => ({
      fn: ({ x }) => ({ y: np.sum(np.square(x!), -1) }),
      inputs: [floats("x", shape)],
    }),
    shape: [3, 4],
    present: ["ReduceSumSquare"],
    absent: ["Mul", "ReduceSum"],
  },
  "a term twice": {
    make: (shape) => ({
      fn: ({ x, a, r }) => {
        const term = x!.mul(r!);
        return { y: a!.add(term).add(term) };
      },
      inputs: [floats("x", shape), floats("a", shape), floats("r", [...shape.slice(0, -1), 1])],
    }),
    shape: [3, 4],
    present: ["Add"],
    absent: [],
  },
  "a number times a product": {
    make: (shape) => ({
      fn: ({ x, y }) => ({ z: np.matmul(x!, np.transpose(y!.mul(0.5))).mul(3) }),
      inputs: [floats("x", [5, last(shape)]), floats("y", [7, last(shape)])],
    }),
    shape: [4],
    present: ["Gemm"],
    absent: ["Mul", "Transpose"],
  },
  "a long sum of few products": {
    make: (shape) => ({
      fn: ({ x, y }) => ({ z: np.matmul(np.transpose(x!), y!) }),
      inputs: [floats("x", [2100, 3]), floats("y", [2100, 1 + last(shape)])],
    }),
    shape: [4],
    present: ["FusedMatMul", "ReduceSum"],
    absent: ["Gemm", "Transpose"],
  },
  "a long sum of rows": {
    make: (shape) => ({
      fn: ({ x }) => ({ y: np.sum(x!, [0, 1]) }),
      inputs: [floats("x", [20, 30, 1 + last(shape)])],
    }),
    shape: [4],
    present: ["Gemm"],
    absent: ["ReduceSum"],
  },
};
