import { numpy as np } from "@jax-js/jax";
import { ones, zeros, type ParameterSpec } from "../tensor/index.ts";
import { arrayOf, type Arrays } from "./arrays.ts";

/** What a layer with running statistics reads beside its input. */
export interface NormInputs {
  readonly parameters: Arrays;
  readonly state: Arrays;
  /** [batch]; rows of weight 0 are padding and do not count. */
  readonly weight: np.Array;
  readonly mode: "train" | "predict";
}

export interface BatchNorm {
  readonly parameters: readonly ParameterSpec[];
  readonly state: readonly ParameterSpec[];
  /** [batch, size] to the same shape, and the running statistics that follow. */
  readonly forward: (inputs: NormInputs, x: np.Array) => { x: np.Array; state: Arrays };
  /** What scoring does to x, as x factor + offset, each [size]: a linear layer before may absorb it. */
  readonly affine: (inputs: Pick<NormInputs, "parameters" | "state">) => {
    readonly factor: np.Array;
    readonly offset: np.Array;
  };
}

const MOMENTUM = 0.1;
const EPSILON = 1e-5;

/**
 * Batch normalisation over the rows that count.
 *
 *   train:    y = scale (x - m) / sqrt(v + eps) + shift, with m and v of the n rows of weight > 0
 *             running mean <- 0.9 mean + 0.1 m,   running variance <- 0.9 variance + 0.1 v n / (n - 1)
 *   predict:  the same formula with the running mean and variance
 *
 * Ioffe and Szegedy 2015, with the constants of PyTorch: the batch is normalised by its biased variance,
 * the running variance is unbiased. A batch of one row has no unbiased variance: its v = 0 goes in.
 */
export function batchNorm(name: string, size: number): BatchNorm {
  const spec = (part: string, init: ParameterSpec["init"]): ParameterSpec => ({
    name: `${name}/${part}`,
    shape: [size],
    role: "normalisation",
    init,
  });
  const scale = spec("scale", ones);
  const shift = spec("shift", zeros);
  const runningMean = spec("mean", zeros);
  const runningVariance = spec("variance", ones);

  /** scale / sqrt(v + eps) */
  function factorOf(parameters: Arrays, variance: np.Array): np.Array {
    const rate = np.reciprocal(np.sqrt(variance.add(EPSILON)));
    return rate.mul(arrayOf(parameters, scale.name));
  }

  const affine: BatchNorm["affine"] = ({ parameters, state }) => {
    const factor = factorOf(parameters, arrayOf(state, runningVariance.name));
    const mean = arrayOf(state, runningMean.name);
    return { factor, offset: arrayOf(parameters, shift.name).sub(mean.mul(factor)) };
  };

  return {
    parameters: [scale, shift],
    state: [runningMean, runningVariance],
    affine,
    forward: ({ parameters, state, weight, mode }, x) => {
      const mean = arrayOf(state, runningMean.name);
      const variance = arrayOf(state, runningVariance.name);
      if (mode === "predict") {
        const { factor, offset } = affine({ parameters, state });
        return {
          x: x.mul(factor).add(offset),
          state: { [runningMean.name]: mean, [runningVariance.name]: variance },
        };
      }
      const mask = np.greater(weight, 0).astype(np.float32);
      const count = np.sum(mask);
      // Each row's share in a mean, as a matrix of one row: a mean over rows is then one product.
      const shares = mask.mul(np.reciprocal(count)).reshape([1, -1]);
      const batchMean = np.matmul(shares, x).reshape([size]);
      const centred = x.sub(batchMean);
      const batchVariance = np.matmul(shares, np.square(centred)).reshape([size]);
      const unbiased = count.mul(np.reciprocal(np.maximum(1, count.sub(1))));
      return {
        x: centred.mul(factorOf(parameters, batchVariance)).add(arrayOf(parameters, shift.name)),
        state: {
          [runningMean.name]: mean.mul(1 - MOMENTUM).add(batchMean.mul(MOMENTUM)),
          [runningVariance.name]: variance
            .mul(1 - MOMENTUM)
            .add(batchVariance.mul(unbiased).mul(MOMENTUM)),
        },
      };
    },
  };
}
