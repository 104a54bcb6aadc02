import { lax, numpy as np } from "@jax-js/jax";
import { arrayOf, type Arrays } from "../../nn/index.ts";
import { compile, compileWithGradient, type Program, type TensorSpec } from "../../tensor/index.ts";
import { nearest, sinkhornCodes, squaredDistances } from "./assign.ts";
import type { RqVaeConfig } from "./config.ts";
import { codebookName, type RqVaeNetwork } from "./network.ts";

/** What the three programs of an RQ-VAE are made for. */
export interface RqVaeShape {
  readonly network: RqVaeNetwork;
  readonly config: RqVaeConfig;
  /** Length of the vectors that are quantised. */
  readonly inputs: number;
}

/** What quantisation of `z`, [batch, width], gives at every level, from the first on. */
interface Quantised {
  /** [batch] int32 each. */
  readonly codes: readonly np.Array[];
  /** What the level quantised, [batch, width] each. */
  readonly residuals: readonly np.Array[];
  /** Mean squared distance of residuals to their codes, with the gradients of both terms. */
  readonly loss: np.Array;
  /** The same without weights, a number to watch. */
  readonly distance: np.Array;
  /** The sum of straight-through codes, [batch, width]. */
  readonly sum: np.Array;
}

function quantise(z: np.Array, values: Arrays, config: RqVaeConfig, training: boolean): Quantised {
  const { levels, commitment, lastLevel, residual: rule, update } = config;
  const codes: np.Array[] = [];
  const residuals: np.Array[] = [];
  let loss = np.array(0);
  let distance = np.array(0);
  let sum = np.zeros(z.shape);
  let residual = z;
  for (let level = 0; level < levels; level++) {
    const codebook = arrayOf(values, codebookName(level));
    const distances = squaredDistances(residual, codebook);
    const isSinkhorn = training && level + 1 === levels && lastLevel.kind === "sinkhorn";
    const code = isSinkhorn ? sinkhornCodes(distances, lastLevel) : nearest(distances);
    const chosen = np.take(codebook, code, 0);
    const fixed = lax.stopGradient(chosen);
    const committed = np.mean(np.square(fixed.sub(residual)));
    loss = loss.add(committed.mul(commitment));
    if (update.kind === "gradient")
      loss = loss.add(np.mean(np.square(chosen.sub(lax.stopGradient(residual)))));
    distance = distance.add(committed);
    codes.push(code);
    residuals.push(residual);
    sum = sum.add(residual.add(lax.stopGradient(chosen.sub(residual))));
    residual = rule === "detached" ? residual.sub(fixed) : lax.stopGradient(residual.sub(chosen));
  }
  return {
    codes,
    residuals,
    sum,
    loss: loss.mul(1 / levels),
    distance: distance.mul(1 / levels),
  };
}

/**
 * A step's numbers and gradients, for vectors `x` [batch, inputs]:
 *
 *   z = Enc(x);  r_1 = z;  k_l = argmin_k |r_l - e_lk|^2;  q_l = e_{l,k_l};  r_{l+1} = r_l - q_l
 *   loss_l = mean (q_l - sg r_l)^2 + beta mean (sg q_l - r_l)^2
 *   L = mean (Dec(sum_l q_l) - x)^2 + weight mean_l loss_l
 *
 * where Dec sees r_l + sg(q_l - r_l) in place of q_l, and r_{l+1} has a gradient or none as
 * `config.residual` says. Codebooks that learn by moving averages have no first term and no gradient.
 * Outputs `codes:<l>` and `residual:<l>` are what moving averages and restarts need.
 * Lee et al. 2022 (RQ-VAE); Rajput et al. 2023 (TIGER).
 */
export function stepProgram({ network, config, inputs }: RqVaeShape): Program {
  const { layout } = network;
  const learned =
    config.update.kind === "gradient"
      ? layout.views
      : layout.views.filter(({ offset }) => offset < network.networkSize);
  return compileWithGradient({
    name: "rq-vae/step",
    inputs: [xOf(config.batchSize, inputs), ...parametersOf(network)],
    loss: "loss",
    wrt: learned.map(({ name }) => `parameter:${name}`),
    fn: (given) => {
      const values = named(given);
      const x = arrayOf(given, "x");
      const quantised = quantise(network.encoder.forward(values, x), values, config, true);
      const restored = network.decoder.forward(values, quantised.sum);
      const reconstruction = np.mean(np.square(restored.sub(x)));
      return {
        loss: reconstruction.add(quantised.loss.mul(config.quantisationWeight)),
        reconstruction,
        commitment: quantised.distance,
        ...byLevel("codes", quantised.codes),
        ...byLevel("residual", quantised.residuals),
      };
    },
  });
}

/** Codes, residuals and reconstruction of a batch, every code the nearest one. */
export function encodeProgram({ network, config, inputs }: RqVaeShape): Program {
  return compile({
    name: "rq-vae/encode",
    inputs: [xOf(config.batchSize, inputs), ...parametersOf(network)],
    fn: (given) => {
      const values = named(given);
      const z = network.encoder.forward(values, arrayOf(given, "x"));
      const quantised = quantise(z, values, config, false);
      return {
        restored: network.decoder.forward(values, quantised.sum),
        ...byLevel("codes", quantised.codes),
        ...byLevel("residual", quantised.residuals),
      };
    },
  });
}

/** Sums of codes, [batch, width], to vectors. */
export function decodeProgram({ network, config }: RqVaeShape): Program {
  const { parameters } = network.decoder;
  return compile({
    name: "rq-vae/decode",
    inputs: [
      { name: "sum", shape: [config.batchSize, config.width], dtype: "float32" },
      ...parametersOf(network, new Set(parameters.map(({ name }) => name))),
    ],
    fn: (given) => ({
      restored: network.decoder.forward(named(given), arrayOf(given, "sum")),
    }),
  });
}

function xOf(batchSize: number, inputs: number): TensorSpec {
  return { name: "x", shape: [batchSize, inputs], dtype: "float32" };
}

function parametersOf({ layout }: RqVaeNetwork, only?: ReadonlySet<string>): TensorSpec[] {
  return layout.views
    .filter(({ name }) => only?.has(name) ?? true)
    .map(({ name, shape }) => ({ name: `parameter:${name}`, shape, dtype: "float32" }));
}

function named(given: Arrays): Arrays {
  return Object.fromEntries(
    Object.entries(given).map(([name, array]) => [name.replace(/^parameter:/, ""), array]),
  );
}

function byLevel(name: string, arrays: readonly np.Array[]): Record<string, np.Array> {
  return Object.fromEntries(arrays.map((array, level) => [`${name}:${level}`, array]));
}
