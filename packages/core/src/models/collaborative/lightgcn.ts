import { z } from "zod";
import { createArena } from "../../kernels/index.ts";
import { makeOptimiser } from "../../optim/index.ts";
import { normal, type RandomStream } from "../../random/index.ts";
import { fitFactors, type FactorTrainer } from "./factor-trainer.ts";
import { fillUnseenUsers, type Factors } from "./factors.ts";
import { pause } from "./pause.ts";
import type { Positives } from "./positives.ts";
import { propagation } from "./propagation.ts";
import { pairwiseLoss, type Triples } from "./bpr-gradient.ts";
import { tripleSampler } from "./triples.ts";
import type { FitOptions } from "./types.ts";

export const lightGcnConfig = z.strictObject({
  kind: z.literal("lightgcn"),
  width: z.number().int().positive().default(64).describe("length of the user and item vectors"),
  layers: z
    .number()
    .int()
    .nonnegative()
    .default(3)
    .describe("propagations; 0: plain factorisation"),
  epochs: z
    .number()
    .int()
    .positive()
    .default(1000)
    .describe("most passes of as many triples as there are training positives"),
  batchSize: z.number().int().positive().default(2048).describe("triples per step"),
  learningRate: z.number().positive().default(0.001).describe("step size of Adam"),
  decay: z.number().nonnegative().default(1e-4).describe("L2 on the vectors before propagation"),
  std: z.number().positive().default(0.1).describe("standard deviation that vectors start with"),
});

export type LightGcnConfig = z.infer<typeof lightGcnConfig>;

/** A LightGCN in training: the trainer of a pass, and the single step that it is made of. */
export interface LightGcn extends FactorTrainer {
  /** [(numUsers + numItems) * width], the vectors before propagation, users first. */
  readonly embeddings: Float32Array;
  /** Of the latest step, as long as `embeddings`. */
  readonly gradient: Float32Array;
  /** One step of Adam on given triples; returns their loss, decay included. */
  readonly step: (triples: Triples) => number;
}

/**
 * Vectors that are averaged over a graph instead of transformed. With the propagation P (see
 * `propagation`) and E the vectors that are learned,
 *
 *   F = P E,   score = <F_u, F_i>
 *   L = mean softplus(score_uj - score_ui) + decay / 2B sum (|E_u|^2 + |E_i|^2 + |E_j|^2)
 *   dL/dE = P dL/dF + decay / B E (on the rows of the batch)
 *
 * He et al. 2020, arXiv 2002.02126. A step allocates nothing.
 */
export function createLightGcn(
  positives: Positives,
  config: LightGcnConfig,
  random: RandomStream,
): LightGcn {
  const { numUsers } = positives;
  const { width, batchSize, decay } = config;
  const arena = createArena();
  const graph = propagation(arena, positives, config);
  const size = graph.numNodes * width;
  const embeddings = arena.float32(size);
  for (let at = 0; at < size; at++) embeddings[at] = config.std * normal(random);
  const final = arena.float32(size);
  const finalGradient = arena.float32(size);
  const gradient = arena.float32(size);
  const optimiser = makeOptimiser(
    { kind: "adam", learningRate: config.learningRate, weightDecay: 0 },
    arena,
  );
  const memory = optimiser.init(size);
  const sampler = tripleSampler(positives, "users");
  const pairs = pairwiseLoss(arena, { width, numUsers, batchSize });

  /** Of the triples that are there. */
  const stepOfBatch = (): number => {
    graph.meanOfLayers(embeddings, final);
    finalGradient.fill(0);
    const loss = pairs.addGradient(final, finalGradient);
    graph.meanOfLayers(finalGradient, gradient);
    const share = decay / pairs.triples.numTriples;
    const penalty = pairs.addDecay(embeddings, gradient, share);
    optimiser.step(embeddings, gradient, memory);
    return loss + 0.5 * share * penalty;
  };

  return {
    embeddings,
    gradient,
    step: ({ numTriples, users, positives: liked, negatives }) => {
      pairs.triples.numTriples = numTriples;
      pairs.triples.users.set(users);
      pairs.triples.positives.set(liked);
      pairs.triples.negatives.set(negatives);
      return stepOfBatch();
    },
    epoch: async (stream, signal) => {
      if (sampler === undefined) return 0;
      const total = positives.items.length;
      // A pause costs about a millisecond: one per ten million additions is not felt.
      const work = 2 * (config.layers + 1) * (2 * total + 3 * graph.numNodes) * width;
      const stepsPerPause = Math.max(1, Math.floor(1e7 / work));
      const { triples: batch } = pairs;
      let loss = 0;
      for (let done = 0, s = 0; done < total; s++) {
        if (s % stepsPerPause === 0) await pause(signal);
        batch.numTriples = Math.min(batchSize, total - done);
        for (let t = 0; t < batch.numTriples; t++) {
          sampler.draw(stream);
          batch.users[t] = sampler.triple.user;
          batch.positives[t] = sampler.triple.positive;
          batch.negatives[t] = sampler.triple.negative;
        }
        loss += batch.numTriples * stepOfBatch();
        done += batch.numTriples;
      }
      return loss / total;
    },
    factors: () => {
      graph.meanOfLayers(embeddings, final);
      const users = Float32Array.from(final.subarray(0, numUsers * width));
      fillUnseenUsers(users, width, positives);
      return { width, users, items: Float32Array.from(final.subarray(numUsers * width)) };
    },
    arrays: {
      embeddings,
      ...Object.fromEntries(
        Object.entries(memory.moments).map(([name, moment]) => [`moment:${name}`, moment]),
      ),
    },
    items: embeddings.subarray(numUsers * width),
    get steps() {
      return memory.step;
    },
    set steps(count) {
      memory.step = count;
    },
  };
}

/** Trains all passes of the config and gives the last vectors, propagated. */
export function fitLightGcn(
  positives: Positives,
  config: LightGcnConfig,
  random: RandomStream,
  options?: FitOptions,
): Promise<Factors> {
  return fitFactors(createLightGcn(positives, config, random), config.epochs, random, options);
}
