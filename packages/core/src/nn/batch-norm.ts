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

export interface BatchNormOptions {
  /** Whether scale and shift are learned; otherwise they are 1 and 0. Default: they are. */
  readonly affine?: boolean;
  /** Added to the variance. Default: 1e-5. */
  readonly epsilon?: number;
}

/** The share of the way that a running statistic follows a batch's, in layers whose statistics follow. */
export const STATISTICS_MOMENTUM = 0.1;

/**
 * Batch normalisation over the rows that count.
 *
 *   train:    y = scale (x - m) / sqrt(v + eps) + shift, with m and v of the n rows of weight > 0
 *             running mean <- 0.9 mean + 0.1 m,   running variance <- 0.9 variance + 0.1 v n / (n - 1)
 *   predict:  the same formula with the running mean and variance
 *
 * Ioffe and Szegedy 2015, with the constants of PyTorch: the batch is normalised by its biased variance,
 * the running variance is unbiased. A batch of one row has no unbiased variance: its v = 0 goes in. A batch
 * without any row that counts leaves the running statistics as they are.
 */
export function batchNorm(
  name: string,
  size: number,
  { affine: learned = true, epsilon = 1e-5 }: BatchNormOptions = {},
): BatchNorm {
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
    const rate = np.reciprocal(np.sqrt(variance.add(epsilon)));
    return learned ? rate.mul(arrayOf(parameters, scale.name)) : rate;
  }

  const affine: BatchNorm["affine"] = ({ parameters, state }) => {
    const factor = factorOf(parameters, arrayOf(state, runningVariance.name));
    const offset = arrayOf(state, runningMean.name).mul(factor).neg();
    return { factor, offset: learned ? offset.add(arrayOf(parameters, shift.name)) : offset };
  };

  return {
    parameters: learned ? [scale, shift] : [],
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
      const count = np.maximum(1, np.sum(mask));
      const momentum = np.max(mask).mul(STATISTICS_MOMENTUM);
      // Each row's share in a mean, as a matrix of one row: a mean over rows is then one product.
      const shares = mask.mul(np.reciprocal(count)).reshape([1, -1]);
      const batchMean = np.matmul(shares, x).reshape([size]);
      const centred = x.sub(batchMean);
      const batchVariance = np.matmul(shares, np.square(centred)).reshape([size]);
      const unbiased = count.mul(np.reciprocal(np.maximum(1, count.sub(1))));
      const normalised = centred.mul(factorOf(parameters, batchVariance));
      const follow = (running: np.Array, fresh: np.Array) =>
        running.add(fresh.sub(running).mul(momentum));
      return {
        x: learned ? normalised.add(arrayOf(parameters, shift.name)) : normalised,
        state: {
          [runningMean.name]: follow(mean, batchMean),
          [runningVariance.name]: follow(variance, batchVariance.mul(unbiased)),
        },
      };
    },
  };
}
