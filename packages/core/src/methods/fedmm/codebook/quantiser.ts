import type { Entity } from "../../../federation/client-memory.ts";
import {
  createRqVae,
  fitPass,
  kMeans,
  measureQuantisation,
  rqVaeConfig,
  type Encoded,
  type QuantisationMetrics,
  type RqVae,
  type RqVaeLosses,
} from "../../../models/quantization/index.ts";
import { shuffle, streamOf } from "../../../random/index.ts";
import type { Executor } from "../../../tensor/types.ts";
import { START_ITERATIONS } from "./aggregate-start.ts";
import type { Contribution } from "./aggregate.ts";
import type { FedMmConfig } from "../config.ts";
import type { EntityVectors } from "./entity-vectors.ts";

/** Groups, and local codes, stand for about so many entities at least. */
const ENTITIES_PER_CODE = 4;

/** Steps per pass, at the least, where a market is smaller than so many batches; and the least batch. */
const STEPS_PER_PASS = 8;
const LEAST_BATCH = 16;

/** Rows of a codebook that a market of n entities fills by itself. */
export function codesFor(n: number, most: number): number {
  return Math.max(2, Math.min(most, Math.floor(n / ENTITIES_PER_CODE)));
}

/** One market's RQ-VAE of one entity, between exchanges. */
export interface MarketQuantiser {
  readonly rqVae: RqVae;
  readonly numEntities: number;
  readonly numCodes: readonly number[];
  /** Centres and sizes of groups of what a level quantises. */
  readonly groups: (level: number, signal?: AbortSignal) => Promise<Contribution>;
  /** One pass over all entities; `pass` counts them from the start of the stage. */
  readonly pass: (pass: number) => Promise<RqVaeLosses>;
  /** Codes and errors of all entities as things stand. */
  readonly encode: () => Promise<{
    readonly encoded: Encoded;
    readonly metrics: QuantisationMetrics;
  }>;
}

export async function createMarketQuantiser(options: {
  readonly config: FedMmConfig;
  readonly entity: Entity;
  readonly given: EntityVectors;
  readonly executor: Executor;
  readonly seed: number;
  readonly client: string;
}): Promise<MarketQuantiser> {
  const { config, entity, given, executor, seed, client } = options;
  const { codebooks, alignment } = config;
  const { vectors, inputs, entities } = given;
  const { width } = codebooks;
  const n = entities.length;
  const numCodes = codebooks.levels.map((kind) =>
    kind === "global" ? codebooks.codes : codesFor(n, codebooks.localCodes),
  );
  const isCommon = alignment.initialisation === "common" || alignment.share === "codebook+network";
  const path = ["codebook", entity] as const;
  const rqVae = await createRqVae({
    config: rqVaeConfig.parse({
      hidden: codebooks.hidden,
      width,
      levels: numCodes.length,
      codes: numCodes,
      commitment: codebooks.commitment,
      quantisationWeight: codebooks.quantisationWeight,
      // Codebooks start by an exchange, and dead codes are restarted by whoever joins them.
      initialisation: { kind: "uniform" },
      restartBelow: 0,
      lastLevel: { kind: "nearest" },
      collisions: { kind: "index" },
      // Decay would move rows that nobody uses.
      optimiser: { kind: "adamw", learningRate: codebooks.learningRate, weightDecay: 0 },
      warmUpSteps: 0,
      clipNorm: null,
      batchSize: batchOf(n, codebooks.batchSize),
    }),
    inputs,
    executor,
    random: isCommon
      ? streamOf(seed, ...path, "network")
      : streamOf(seed, ...path, "network", client),
  });
  const order = Int32Array.from({ length: n }, (_, i) => i);

  return {
    rqVae,
    numEntities: n,
    numCodes,
    groups: async (level, signal) => {
      const rows = new Float32Array(numCodes[level]! * width);
      const counts = new Float32Array(numCodes[level]!);
      if (n > 0) {
        const found = await kMeans((await rqVae.quantise(vectors)).residuals[level]!, {
          width,
          clusters: codesFor(n, numCodes[level]!),
          iterations: START_ITERATIONS,
          random: streamOf(seed, ...path, "groups", level, client),
          signal,
        });
        rows.set(found.centres);
        counts.set(found.sizes);
      }
      return { rows, counts, numEntities: n };
    },
    pass: async (pass) => {
      const random = streamOf(seed, ...path, "pass", pass, client);
      order.forEach((_, i) => (order[i] = i));
      shuffle(random, order);
      return fitPass(rqVae, vectors, { inputs, order, random, epoch: pass });
    },
    encode: async () => {
      const encoded = await rqVae.quantise(vectors);
      return { encoded, metrics: measureQuantisation(vectors, encoded, rqVae.codebooks) };
    },
  };
}

/** A small market takes smaller batches, so that its passes have steps enough. */
function batchOf(n: number, most: number): number {
  const few = Math.max(LEAST_BATCH, Math.ceil(n / STEPS_PER_PASS));
  return Math.max(1, Math.min(most, few, n));
}
