import { numpy as np } from "@jax-js/jax";
import { arrayOf, STATISTICS_MOMENTUM, type Arrays, type NormInputs } from "../../nn/index.ts";
import { ones, zeros, type ParameterSpec } from "../../tensor/index.ts";

export interface PartitionedNorm {
  readonly parameters: readonly ParameterSpec[];
  readonly state: readonly ParameterSpec[];
  /** [batch, size] to the same shape; `of` from `scenarioOf`, [batch, 1 + scenarios]. */
  readonly forward: (
    inputs: NormInputs,
    x: np.Array,
    of: np.Array,
  ) => { x: np.Array; state: Arrays };
}

const EPSILON = 1e-5;

/**
 * Batch normalisation by the moments of each row's own scenario.
 *
 *   y = (g g_d) (x - m_d) / sqrt(v_d + eps) + h + h_d
 *
 * Sheng et al. 2021, equation 3, with the conventions of `batchNorm`. Rows of no scenario take the moments
 * of the whole batch, and g and h alone. A batch with fewer than two rows of a scenario leaves its running
 * moments as they are. Names: `<name>/scale` g and `shift` h, `<name>/scales` g_d and `shifts` h_d
 * [scenarios, size]; the state `<name>/mean` and `variance` [1 + scenarios, size], the whole batch first.
 */
export function partitionedNorm(name: string, size: number, scenarios: number): PartitionedNorm {
  const spec = (part: string, shape: readonly number[], init: ParameterSpec["init"]) =>
    ({ name: `${name}/${part}`, shape, role: "normalisation", init }) as const;
  const scale = spec("scale", [size], ones);
  const shift = spec("shift", [size], zeros);
  const scales = spec("scales", [scenarios, size], ones);
  const shifts = spec("shifts", [scenarios, size], zeros);
  const runningMean = spec("mean", [1 + scenarios, size], zeros);
  const runningVariance = spec("variance", [1 + scenarios, size], ones);

  /** What each group's rows are multiplied by and, after that, moved by: [1 + scenarios, size] each. */
  function affine(parameters: Arrays, variance: np.Array): { factor: np.Array; offset: np.Array } {
    const own = (first: np.Array, rest: ParameterSpec) =>
      np.concatenate([first, arrayOf(parameters, rest.name)], 0);
    const rate = np.reciprocal(np.sqrt(variance.add(EPSILON)));
    return {
      factor: rate.mul(own(np.ones([1, size]), scales)).mul(arrayOf(parameters, scale.name)),
      offset: own(np.zeros([1, size]), shifts).add(arrayOf(parameters, shift.name)),
    };
  }

  return {
    parameters: [scale, shift, scales, shifts],
    state: [runningMean, runningVariance],
    forward: ({ parameters, state, weight, mode }, x, of) => {
      const [mean, variance] = [runningMean, runningVariance].map(({ name }) =>
        arrayOf(state, name),
      ) as [np.Array, np.Array];
      if (mode === "predict") {
        const { factor, offset } = affine(parameters, variance);
        const moved = offset.sub(mean.mul(factor));
        return {
          x: x.mul(np.matmul(of, factor)).add(np.matmul(of, moved)),
          state: { [runningMean.name]: mean, [runningVariance.name]: variance },
        };
      }
      const counts = np.greater(weight, 0).astype(np.float32).reshape([-1, 1]);
      // In whose moments a row counts: the batch's and its scenario's, [1 + scenarios, batch].
      const everyone = np.concatenate(
        [np.ones([x.shape[0]!, 1]), of.slice([], [1, 1 + scenarios])],
        1,
      );
      const counting = np.transpose(everyone.mul(counts));
      const sizes = np.sum(counting, 1, { keepdims: true });
      const members = counting.mul(np.reciprocal(np.maximum(1, sizes)));
      const batchMean = np.matmul(members, x);
      const centred = x.sub(np.matmul(of, batchMean));
      const fromAll = np.square(x.sub(batchMean.slice([0, 1])));
      const batchVariance = np.concatenate(
        [
          np.matmul(members.slice([0, 1]), fromAll),
          np.matmul(members.slice([1, 1 + scenarios]), np.square(centred)),
        ],
        0,
      );
      const { factor, offset } = affine(parameters, batchVariance);
      const unbiased = sizes.mul(np.reciprocal(np.maximum(1, sizes.sub(1))));
      const momentum = np.greater(sizes, 1.5).astype(np.float32).mul(STATISTICS_MOMENTUM);
      const after = (running: np.Array, now: np.Array) =>
        running.add(now.sub(running).mul(momentum));
      return {
        x: centred.mul(np.matmul(of, factor)).add(np.matmul(of, offset)),
        state: {
          [runningMean.name]: after(mean, batchMean),
          [runningVariance.name]: after(variance, batchVariance.mul(unbiased)),
        },
      };
    },
  };
}
