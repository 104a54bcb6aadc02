import { nn, numpy as np } from "@jax-js/jax";
import { floats, type Case } from "./agreement.laws.ts";

/** Binary cross-entropy from log-odds, stable: max(z, 0) - z y + log(1 + exp(-|z|)). */
export function crossEntropy(z: np.Array, y: np.Array): np.Array {
  const tail = np.log1p(np.exp(np.negative(np.absolute(z))));
  return np.mean(np.maximum(z, 0).sub(z.mul(y)).add(tail));
}

/** x W1 + b1, ReLU, W2 + b2, cross-entropy; weights [in, out]. */
export function mlp(batch: number, sizes: readonly number[]): Case {
  const layers = sizes.slice(1).map((out, i) => ({ in: sizes[i]!, out, w: `w${i}`, b: `b${i}` }));
  return {
    fn: (inputs) => {
      let hidden = inputs["x"]!;
      for (const [i, { w, b }] of layers.entries()) {
        hidden = np.matmul(hidden, inputs[w]!).add(inputs[b]!);
        if (i < layers.length - 1) hidden = nn.relu(hidden);
      }
      const logits = hidden.reshape([batch]);
      return { loss: crossEntropy(logits, inputs["y"]!), logits };
    },
    inputs: [
      floats("x", [batch, sizes[0]!]),
      floats("y", [batch], 0, 1),
      ...layers.flatMap((layer) => [
        floats(layer.w, [layer.in, layer.out], -0.5, 0.5),
        floats(layer.b, [layer.out], -0.5, 0.5),
      ]),
    ],
  };
}

/** Statistics over the rows with weight, as batch normalisation takes them. */
const batchNorm: Case = {
  fn: ({ x, weight, scale, shift }) => {
    const w = np.expandDims(weight!, 1);
    const total = np.sum(weight!);
    const mean = np.sum(x!.mul(w), 0).div(total);
    const centred = x!.sub(mean);
    const variance = np.sum(np.square(centred).mul(w), 0).div(total);
    const y = centred
      .mul(np.reciprocal(np.sqrt(variance.add(1e-5))))
      .mul(scale!)
      .add(shift!);
    return { loss: np.mean(np.sin(y)), y, mean, variance };
  },
  inputs: [
    floats("x", [16, 5]),
    floats("weight", [16], 0, 1),
    floats("scale", [5]),
    floats("shift", [5]),
  ],
};

const softmax: Case = {
  fn: ({ x, y }) => {
    const log = nn.logSoftmax(x!, -1);
    return { loss: np.negative(np.mean(np.sum(log.mul(y!), -1))), p: nn.softmax(x!, 1) };
  },
  inputs: [floats("x", [3, 4, 6], -20, 20), floats("y", [3, 4, 6], 0, 1)],
};

const layerNorm: Case = {
  fn: ({ x, scale, shift }) => {
    const mean = np.mean(x!, -1, { keepdims: true });
    const variance = np.mean(np.square(x!.sub(mean)), -1, { keepdims: true });
    const y = x!
      .sub(mean)
      .div(np.sqrt(variance.add(1e-5)))
      .mul(scale!)
      .add(shift!);
    return { loss: np.sum(np.cos(y)), y };
  },
  inputs: [floats("x", [2, 7, 8]), floats("scale", [8]), floats("shift", [8])],
};

/** Second-order factorisation machine: 1/2 sum_d ((sum_f e)^2 - sum_f e^2). */
const factorisationMachine: Case = {
  fn: ({ e, y }) => {
    const square = np.square(np.sum(e!, 1));
    const logits = np.sum(square.sub(np.sum(np.square(e!), 1)), -1).mul(0.5);
    return { loss: crossEntropy(logits, y!), logits };
  },
  inputs: [floats("e", [12, 5, 4]), floats("y", [12], 0, 1)],
};

/** DCN: x' = x0 (x w) + b + x. */
const cross: Case = {
  fn: ({ x, w, b, v, c }) => {
    const first = x!.mul(np.matmul(x!, w!)).add(b!).add(x!);
    const second = x!.mul(np.matmul(first, v!)).add(c!).add(first);
    return { loss: np.mean(np.square(second)), second };
  },
  inputs: [
    floats("x", [9, 6]),
    floats("w", [6, 1]),
    floats("b", [6]),
    floats("v", [6, 6]),
    floats("c", [6]),
  ],
};

/** Two heads over five places, causal, as sequence models use it. */
const attention: Case = {
  fn: ({ x, q, k, v, o, mask }) => {
    const heads = (w: np.Array) =>
      np.transpose(np.matmul(x!, w).reshape([3, 5, 2, 4]), [0, 2, 1, 3]);
    const scores = np.einsum("bhid,bhjd->bhij", heads(q!), heads(k!)).mul(0.5);
    const weights = nn.softmax(np.where(mask!.greater(0), scores, -1e9), -1);
    const mixed = np.transpose(np.matmul(weights, heads(v!)), [0, 2, 1, 3]).reshape([3, 5, 8]);
    const y = np.matmul(mixed, o!).add(x!);
    return { loss: np.mean(np.tanh(y)), y };
  },
  inputs: [
    floats("x", [3, 5, 8]),
    ...["q", "k", "v", "o"].map((name) => floats(name, [8, 8], -0.6, 0.6)),
    floats("mask", [5, 5], -1, 2),
  ],
};

/** Experts side by side: a leading axis of weights, and a gate. */
const experts: Case = {
  fn: ({ x, w, gate }) => {
    const outputs = nn.relu(np.einsum("bi,eio->beo", x!, w!));
    const y = np.einsum("beo,be->bo", outputs, nn.softmax(np.matmul(x!, gate!), -1));
    return { loss: np.mean(np.square(y)), y };
  },
  inputs: [floats("x", [7, 5]), floats("w", [3, 5, 4]), floats("gate", [5, 3])],
};

export const modelCases: Readonly<Record<string, Case>> = {
  "multilayer perceptron": mlp(8, [6, 5, 4, 1]),
  "batch normalisation": batchNorm,
  softmax,
  "layer normalisation": layerNorm,
  "factorisation machine": factorisationMachine,
  "cross layers": cross,
  attention,
  experts,
};
