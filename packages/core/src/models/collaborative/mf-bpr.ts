import { z } from "zod";
import { normal, type RandomStream } from "../../random/index.ts";
import type { FactorTrainer } from "./factor-trainer.ts";
import { fitFactors } from "./factor-trainer.ts";
import { fillUnseenUsers, type Factors } from "./factors.ts";
import { pause } from "./pause.ts";
import type { Positives } from "./positives.ts";
import { tripleSampler } from "./triples.ts";
import type { FitOptions } from "./types.ts";

const regularisation = z.number().nonnegative();

export const mfBprConfig = z.strictObject({
  kind: z.literal("mf-bpr"),
  width: z.number().int().positive().default(64).describe("length of the user and item vectors"),
  epochs: z
    .number()
    .int()
    .positive()
    .default(100)
    .describe("most passes of as many triples as there are training positives"),
  learningRate: z.number().positive().default(0.05).describe("step size of gradient descent"),
  userDecay: regularisation.default(0.0025).describe("L2 on the triple's user vector"),
  positiveDecay: regularisation.default(0.0025).describe("L2 on its positive item's vector"),
  negativeDecay: regularisation.default(0.00025).describe("L2 on its negative item's vector"),
  bias: z.boolean().default(true).describe("whether items have a bias, not regularised"),
  std: z.number().positive().default(0.1).describe("standard deviation that vectors start with"),
});

export type MfBprConfig = z.infer<typeof mfBprConfig>;

/** Steps between two looks at the signal. */
const STEPS_PER_PAUSE = 200_000;

/**
 * One step of LearnBPR on a triple (u, i, j), in place. Returns its loss before the step, without decay.
 *
 *   x = <w_u, h_i - h_j> + b_i - b_j,   L = softplus(-x) + 1/2 (l_u |w_u|^2 + l_i |h_i|^2 + l_j |h_j|^2)
 *   theta <- theta - rate dL/dtheta
 *
 * Rendle, Freudenthaler, Gantner, Schmidt-Thieme 2009, figure 4.
 */
export function bprStep(
  { width, users, items, bias }: Factors,
  { user, positive, negative }: { user: number; positive: number; negative: number },
  config: Pick<MfBprConfig, "learningRate" | "userDecay" | "positiveDecay" | "negativeDecay">,
): number {
  const { learningRate, userDecay, positiveDecay, negativeDecay } = config;
  const u = user * width;
  const i = positive * width;
  const j = negative * width;
  let x = bias === undefined ? 0 : bias[positive]! - bias[negative]!;
  for (let k = 0; k < width; k++) x += users[u + k]! * (items[i + k]! - items[j + k]!);
  const push = 1 / (1 + Math.exp(x));
  for (let k = 0; k < width; k++) {
    const w = users[u + k]!;
    const p = items[i + k]!;
    const n = items[j + k]!;
    users[u + k] = w + learningRate * (push * (p - n) - userDecay * w);
    items[i + k] = p + learningRate * (push * w - positiveDecay * p);
    items[j + k] = n + learningRate * (-push * w - negativeDecay * n);
  }
  if (bias !== undefined) {
    bias[positive]! += learningRate * push;
    bias[negative]! -= learningRate * push;
  }
  return Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Matrix factorisation under the pairwise loss of `bprStep`, by plain stochastic gradient descent. */
export function createMfBpr(
  positives: Positives,
  config: MfBprConfig,
  random: RandomStream,
): FactorTrainer {
  const { numUsers, numItems } = positives;
  const { width } = config;
  const drawn = (length: number) =>
    Float32Array.from({ length }, () => config.std * normal(random));
  const users = drawn(numUsers * width);
  const items = drawn(numItems * width);
  const bias = config.bias ? new Float32Array(numItems) : undefined;
  const learned: Factors = { width, users, items, ...(bias && { bias }) };
  const sampler = tripleSampler(positives, "pairs");
  const trainer: FactorTrainer = {
    epoch: async (stream, signal) => {
      if (sampler === undefined) return 0;
      const numTriples = positives.items.length;
      let loss = 0;
      for (let step = 0; step < numTriples; step++) {
        if (step % STEPS_PER_PAUSE === 0) await pause(signal);
        sampler.draw(stream);
        loss += bprStep(learned, sampler.triple, config);
      }
      trainer.steps += numTriples;
      return loss / numTriples;
    },
    factors: () => {
      const served = users.slice();
      fillUnseenUsers(served, width, positives);
      return { width, users: served, items: items.slice(), ...(bias && { bias: bias.slice() }) };
    },
    arrays: { users, items, ...(bias && { bias }) },
    items,
    steps: 0,
  };
  return trainer;
}

/** Trains all passes of the config and gives the last vectors. */
export function fitMfBpr(
  positives: Positives,
  config: MfBprConfig,
  random: RandomStream,
  options?: FitOptions,
): Promise<Factors> {
  return fitFactors(createMfBpr(positives, config, random), config.epochs, random, options);
}
