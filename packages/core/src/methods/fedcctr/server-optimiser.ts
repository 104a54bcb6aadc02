import type { z } from "zod";
import type { serverOptimiser } from "./config.ts";

export type ServerOptimiserConfig = NonNullable<z.infer<typeof serverOptimiser>>;

/** What the server remembers from round to round: doubles [size] by name. */
export type ServerMemory = Readonly<Record<string, Float64Array>>;

/** How the server moves the model by the mean of the clients' gradients. */
export interface ServerOptimiser {
  readonly init: (size: number) => ServerMemory;
  /** Changes `values` and the memory in place. Rounds count from 0. */
  readonly step: (
    values: Float32Array,
    gradient: Float64Array,
    state: { readonly memory: ServerMemory; readonly round: number },
  ) => void;
}

const EPSILON = 1e-8;

/**
 * The rate of a round: linearly up over the first `warmup` rounds, and down along half a cosine over all.
 *
 *   eta_t = eta min(1, (t + 1) / warmup) (1 + cos(pi t / rounds)) / 2
 */
export function rateOf(
  { learningRate, warmup, decay }: ServerOptimiserConfig,
  round: number,
  rounds: number,
): number {
  const up = warmup === 0 ? 1 : Math.min(1, (round + 1) / warmup);
  const down = decay === "none" ? 1 : (1 + Math.cos((Math.PI * round) / rounds)) / 2;
  return learningRate * up * down;
}

/**
 * fedadam   m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2,
 *           w <- w - eta_t (m / (1 - b1^(t+1))) / (sqrt(v / (1 - b2^(t+1))) + 1e-8)
 * sgd       m <- mu m + g,  w <- w - eta_t m
 *
 * FedAdam is that of Reddi et al. 2021 with Adam's bias corrections, and its 1e-8 in place of tau = 1e-3: a mean
 * over clients leaves gradients of item rows far smaller than that.
 */
export function makeServerOptimiser(
  config: ServerOptimiserConfig,
  { rounds }: { readonly rounds: number },
): ServerOptimiser {
  switch (config.kind) {
    case "sgd":
      return {
        init: (size) => ({ velocity: new Float64Array(size) }),
        step: (values, gradient, { memory, round }) => {
          const velocity = memory["velocity"]!;
          const rate = rateOf(config, round, rounds);
          for (let i = 0; i < values.length; i++) {
            velocity[i] = config.momentum * velocity[i]! + gradient[i]!;
            values[i]! -= rate * velocity[i]!;
          }
        },
      };
    case "fedadam":
      return {
        init: (size) => ({ mean: new Float64Array(size), square: new Float64Array(size) }),
        step: (values, gradient, { memory, round }) => {
          const mean = memory["mean"]!;
          const square = memory["square"]!;
          const { beta1, beta2 } = config;
          const rate = rateOf(config, round, rounds) / (1 - beta1 ** (round + 1));
          const scale = 1 / (1 - beta2 ** (round + 1));
          for (let i = 0; i < values.length; i++) {
            const g = gradient[i]!;
            mean[i] = beta1 * mean[i]! + (1 - beta1) * g;
            square[i] = beta2 * square[i]! + (1 - beta2) * g * g;
            values[i]! -= (rate * mean[i]!) / (Math.sqrt(square[i]! * scale) + EPSILON);
          }
        },
      };
  }
}
