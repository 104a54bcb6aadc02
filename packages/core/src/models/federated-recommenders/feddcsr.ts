import { numpy as np } from "@jax-js/jax";
import {
  arrayOf,
  linear,
  logSumExp,
  relu,
  sigmoid,
  type Arrays,
  type DropoutSpec,
} from "../../nn/index.ts";
import type { ParameterSpec } from "../../tensor/index.ts";
import { encoder, type Encoder } from "../cross-domain/encoder.ts";
import { ntXent } from "../cross-domain/nt-xent.ts";
import type { FeddcsrSettings } from "./feddcsr-settings.ts";

/** Parameters that the server averages begin so; all others stay at home. */
export const SHARED = "shared/";

/** What a step reads of B sequences beside parameters and masks, all of them arrays of a program. */
export interface FeddcsrInputs {
  readonly parameters: Arrays;
  readonly dropout: Arrays;
  /** Item vectors of both branches and of the shuffled sequence, [B, L, width]; of what comes next, [B, L, width]. */
  readonly vectors: Readonly<Record<"shared" | "exclusive" | "augmented" | "target", np.Array>>;
  /** [N, width] */
  readonly negatives: np.Array;
  /** [B, L]: 1 where there is an item, 0 where there is padding, at the start. */
  readonly mask: np.Array;
  /** Standard normal, [B, L, width]. */
  readonly noise: Readonly<Record<"shared" | "exclusive" | "negative" | "augmented", np.Array>>;
  /** [B, width]: what the server made of all domains' shared representations of the users. */
  readonly global: np.Array;
  /** [B]: whether there is one. */
  readonly known: np.Array;
  /** [1] */
  readonly klWeight: np.Array;
}

export interface Feddcsr {
  readonly parameters: readonly ParameterSpec[];
  /** Masks are [B, size]. */
  readonly masks: readonly DropoutSpec[];
  /** Terms of the loss, weighted, scalars. */
  readonly terms: (inputs: FeddcsrInputs) => Record<string, np.Array>;
  /** Means of the representations at the last position, [B, width] each. */
  readonly states: (
    inputs: Pick<FeddcsrInputs, "parameters" | "mask"> & {
      readonly vectors: Pick<FeddcsrInputs["vectors"], "shared" | "exclusive">;
    },
  ) => Record<"shared" | "exclusive", np.Array>;
}

/**
 * One domain's model of FedDCSR (Zhang et al. 2024, arXiv 2309.08420): a variational encoder shared with the
 * other domains, and an exclusive one.
 *
 *   z = mu(x) + exp(logvar(x) / 2) eps,   each of mu and logvar a causal transformer
 *   L = CE(z_s + z_e) + kl (KL_s + KL_e) + beta sim + gamma CE(z_e) + lambda contrast
 *   sim = max(0, margin - sigma(D(z_s, z_g)) + sigma(D(z_e', z_g)))
 *
 * CE is that of the next item, z v_i its logit; KL from a standard normal, summed over entries; both are
 * means over positions. z_g is the mean over domains of the user's shared representation, z_e' another draw
 * of the exclusive one, D a network of two hidden layers. Contrast: `contrasts` of z_e with that of the
 * shuffled sequence. Of a sequence, sim and contrast take the last position.
 *
 * Not the paper's: softmax over sampled items, which all targets of a step share; no convolution over a
 * graph of items; blocks that normalise first; positions shared with the encoder; D and z_g at the last
 * position alone, so that a user is one vector; z_e and z_e' share their masks.
 */
export function feddcsr(settings: FeddcsrSettings): Feddcsr {
  const { width, length, similarity, exclusive, contrast, margin, temperature } = settings;
  const named = (name: string) => encoder(name, settings);
  const branches = {
    shared: [named(`${SHARED}mean`), named(`${SHARED}variance`)],
    exclusive: [named("exclusive/mean"), named("exclusive/variance")],
  } as const;
  const encoders = Object.values(branches).flat();
  const judge = [2 * width, width, width].map((inputs, i) =>
    linear(`discriminator/${i}`, { inputs, outputs: i < 2 ? width : 1 }),
  );
  const states = (
    [own]: readonly Encoder[],
    { parameters, vectors, mask }: { parameters: Arrays; vectors: np.Array; mask: np.Array },
  ) => {
    const items = vectors.reshape([-1, 1, length, width]);
    const present = mask.reshape([-1, 1, length]);
    const all = own!.states({ parameters, items, present, dropout: {}, mode: "predict" });
    return lastOf(all.reshape([-1, length, width]));
  };
  return {
    parameters: [
      ...encoders.flatMap((own) => own.parameters),
      ...judge.flatMap((layer) => layer.parameters),
    ],
    masks: encoders.flatMap((own) => own.masks),
    terms: (inputs) => {
      const { parameters, vectors, noise, negatives, mask, global, known, klWeight } = inputs;
      const counted = np.sum(mask);
      const meanOver = (values: np.Array) => np.sum(values.mul(mask)).div(np.maximum(counted, 1));
      const ofShared = posterior(branches.shared, inputs, [vectors.shared], length);
      const ofExclusive = posterior(
        branches.exclusive,
        inputs,
        [vectors.exclusive, vectors.augmented],
        length,
      );
      const zShared = draw(ofShared, 0, noise.shared);
      const zExclusive = draw(ofExclusive, 0, noise.exclusive);
      const other = draw(ofExclusive, 0, noise.negative);
      const augmented = draw(ofExclusive, 1, noise.augmented);
      const next = (z: np.Array) => meanOver(nextItemLosses(z, vectors.target, negatives));
      const terms: Record<string, np.Array> = {
        next: next(zShared.add(zExclusive)),
        divergence: meanOver(divergence(ofShared))
          .add(meanOver(divergence(ofExclusive)))
          .mul(klWeight.reshape([])),
      };
      if (exclusive > 0) terms["exclusive"] = next(zExclusive).mul(exclusive);
      if (similarity > 0) {
        const chance = (z: np.Array) => {
          let x = np.concatenate([z, global], 1);
          for (const [i, layer] of judge.entries())
            x = layer.forward(parameters, i === 0 ? x : relu(x));
          return sigmoid(x.reshape([-1]));
        };
        const gap = chance(lastOf(other))
          .sub(chance(lastOf(zShared)))
          .add(margin);
        const sum = np.sum(relu(gap).mul(known));
        terms["similarity"] = sum.div(np.maximum(np.sum(known), 1)).mul(similarity);
      }
      if (contrast > 0) {
        // A sequence is there if its last position is.
        const present = mask.slice([], length - 1);
        const options = { present, temperature, logSumExp };
        const losses = ntXent(lastOf(zExclusive), lastOf(augmented), options);
        const sum = np.sum(losses.mul(present));
        terms["contrast"] = sum.div(np.maximum(np.sum(present), 1)).mul(contrast);
      }
      return terms;
    },
    states: ({ parameters, mask, vectors }) => ({
      shared: states(branches.shared, { parameters, mask, vectors: vectors.shared }),
      exclusive: states(branches.exclusive, { parameters, mask, vectors: vectors.exclusive }),
    }),
  };
}

/** Means and log-variances of V forms of the sequences, [B, V, L, width] each. */
interface Posterior {
  readonly mean: np.Array;
  readonly variance: np.Array;
}

function posterior(
  [mean, variance]: readonly [Encoder, Encoder],
  { parameters, dropout, mask }: FeddcsrInputs,
  forms: readonly np.Array[],
  length: number,
): Posterior {
  const items = np.stack([...forms], 1);
  const [batch, variants] = items.shape as [number, number];
  const present = np.broadcastTo(mask.reshape([batch, 1, length]), [batch, variants, length]);
  const inputs = { parameters, items, present, dropout, mode: "train" } as const;
  return { mean: mean.states(inputs), variance: variance.states(inputs) };
}

/** A draw for one of the forms, [B, L, width]. */
function draw({ mean, variance }: Posterior, form: number, noise: np.Array): np.Array {
  const deviation = np.exp(variance.slice([], form).mul(0.5));
  return mean.slice([], form).add(deviation.mul(noise));
}

/** KL(N(mu, exp(logvar)) || N(0, 1)) of the first form, [B, L]. */
function divergence(of: Posterior): np.Array {
  const [mean, variance] = [of.mean.slice([], 0), of.variance.slice([], 0)];
  return np.sum(np.exp(variance).add(np.square(mean)).sub(variance).sub(1), -1).mul(0.5);
}

/** -log softmax of the right item among itself and all of `negatives`, [B, L]. */
function nextItemLosses(z: np.Array, target: np.Array, negatives: np.Array): np.Array {
  const [batch, length, width] = z.shape as [number, number, number];
  const right = np.sum(z.mul(target), -1, { keepdims: true });
  const flat = np.matmul(z.reshape([batch * length, width]), np.transpose(negatives, [1, 0]));
  const others = flat.reshape([batch, length, negatives.shape[0]!]);
  return logSumExp(np.concatenate([right, others], -1)).sub(right.reshape([batch, length]));
}

/** [B, L, width] to [B, width]. */
function lastOf(z: np.Array): np.Array {
  return z.slice([], z.shape[1]! - 1);
}

/** The sum of the terms, a scalar. */
export function totalOf(terms: Readonly<Record<string, np.Array>>): np.Array {
  return Object.values(terms).reduce((sum, term) => sum.add(term));
}

/** The named array of every form, as `FeddcsrInputs` has them. */
export function formsOf<Name extends string>(
  arrays: Arrays,
  prefix: string,
  names: readonly Name[],
): Record<Name, np.Array> {
  return Object.fromEntries(
    names.map((name) => [name, arrayOf(arrays, `${prefix}${name}`)]),
  ) as Record<Name, np.Array>;
}
