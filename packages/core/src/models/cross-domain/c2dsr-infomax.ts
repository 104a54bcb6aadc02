import { numpy as np } from "@jax-js/jax";
import { arrayOf, softplus, type Arrays } from "../../nn/index.ts";
import { uniformInit, zeros, type ParameterSpec } from "../../tensor/index.ts";

/** Prototypes of one user and domain, [C, width] each. */
export interface Prototypes {
  /** Of the domain's own states. */
  readonly single: np.Array;
  /** Of the merged states at other domains' items. */
  readonly cross: np.Array;
  /** The same, where other items stand in place of the domain's. */
  readonly corrupted: np.Array;
  /** [C]: 1 where there are all three. */
  readonly counts: np.Array;
}

export interface Infomax {
  readonly parameters: readonly ParameterSpec[];
  /** Losses [C], summed over domains. */
  readonly forward: (parameters: Arrays, prototypes: readonly Prototypes[]) => np.Array;
}

/**
 * Contrastive infomax: what merged states say at other domains' items must tell whether the domain's own
 * items were what they seemed.
 *
 *   l_X = log(1 + exp(-D(r_X, z_X))) + log(1 + exp(D(r_X, z~_X))),   D(r, z) = z' W_X r + b_X
 *
 * Cao et al. 2022 (C2DSR); W starts as `xavier_uniform_` starts that of `nn.Bilinear`.
 */
export function infomax(
  name: string,
  { domains, width }: { readonly domains: number; readonly width: number },
): Infomax {
  const bound = Math.sqrt(6 / (width * width + width));
  const spec = (
    part: string,
    shape: readonly number[],
    init: ParameterSpec["init"],
  ): ParameterSpec => ({ name: part, shape, role: "weight", init });
  const specs = Array.from({ length: domains }, (_, x) => [
    spec(`${name}${x}/weight`, [width, width], uniformInit(bound)),
    spec(`${name}${x}/bias`, [1], zeros),
  ]);
  return {
    parameters: specs.flat(),
    forward: (parameters, prototypes) =>
      prototypes
        .map(({ single, cross, corrupted, counts }, x) => {
          const [weight, bias] = specs[x]!.map((one) => arrayOf(parameters, one.name));
          const right = np.matmul(single, np.transpose(weight!));
          const score = (z: np.Array) => np.sum(z.mul(right), -1).add(bias!);
          return softplus(score(cross).neg())
            .add(softplus(score(corrupted)))
            .mul(counts);
        })
        .reduce((sum, loss) => sum.add(loss)),
  };
}
