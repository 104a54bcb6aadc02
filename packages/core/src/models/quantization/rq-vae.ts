import type { RandomStream } from "../../random/index.ts";
import type { Executor } from "../../tensor/index.ts";
import type { Codebook } from "./codebook.ts";
import { shareOutCodes, withIndex } from "./collisions.ts";
import type { RqVaeConfig } from "./config.ts";
import { createRqVaeCoder, type Encoded } from "./encoder.ts";
import { fitRqVae, type RqVaeFitOptions } from "./fit.ts";
import { createLearned } from "./learned.ts";
import { measureQuantisation, type QuantisationMetrics } from "./metrics.ts";
import { rqVaeNetwork } from "./network.ts";
import { startFromClusters } from "./start-codebooks.ts";
import { createRqVaeStep, type RqVaeLosses } from "./train-step.ts";

export interface RqVaeOptions {
  readonly config: RqVaeConfig;
  /** Length of the vectors. */
  readonly inputs: number;
  readonly executor: Executor;
  /** Draws the first weights. */
  readonly random: RandomStream;
}

/** A residual-quantised variational autoencoder: vectors to tuples of codes, and back. */
export interface RqVae {
  readonly config: RqVaeConfig;
  /** By level; the live arrays (see `Codebook`). */
  readonly codebooks: readonly Codebook[];
  /** Encoder, decoder, then codebooks, flat; the live array. */
  readonly parameters: Float32Array;
  /** The part of it that is encoder and decoder. */
  readonly network: Float32Array;
  /** Everything that training goes on from, the live arrays. */
  readonly arrays: Readonly<Record<string, Float32Array>>;
  /** Steps taken; to be written when `arrays` are restored. */
  steps: number;
  /** Starts the codebooks by k-means on the encoded vectors, [n * inputs], as the config says. */
  readonly start: (
    vectors: Float32Array,
    options: { readonly random: RandomStream; readonly signal?: AbortSignal | undefined },
  ) => Promise<void>;
  /** One step on [batchSize * inputs]. */
  readonly step: (batch: Float32Array, random: RandomStream) => Promise<RqVaeLosses>;
  /** Starts the codebooks, then trains all passes. */
  readonly fit: (vectors: Float32Array, options: RqVaeFitOptions) => Promise<void>;
  /** [n * inputs] to codes [n * levels], each the nearest. */
  readonly encode: (vectors: Float32Array) => Promise<Int32Array>;
  /** Tuples without equal ones, [n * (levels + 1)]: see `config.collisions`. */
  readonly encodeUnique: (vectors: Float32Array) => Promise<Int32Array>;
  /** Codes [n * levels] to vectors [n * inputs]. */
  readonly decode: (codes: Int32Array) => Promise<Float32Array>;
  /** All that encoding gives: codes, what each level quantised, and the reconstruction. */
  readonly quantise: (vectors: Float32Array) => Promise<Encoded>;
  readonly metrics: (vectors: Float32Array) => Promise<QuantisationMetrics>;
  readonly close: () => Promise<void>;
}

/** Sinkhorn's settings where training does without: those of LC-Rec. */
const SINKHORN = { epsilon: 0.003, iterations: 50 };

/** Compiles the programs of an RQ-VAE and draws its first numbers. */
export async function createRqVae(options: RqVaeOptions): Promise<RqVae> {
  const { config, inputs, executor, random } = options;
  const { levels, width } = config;
  const network = rqVaeNetwork(inputs, config);
  const learned = createLearned(network, config, random);
  const shape = { network, config, inputs };
  const training = await createRqVaeStep(shape, learned, executor);
  const coder = await createRqVaeCoder(shape, learned, executor);
  const { codebooks, parameters, memory } = learned;

  const rqVae: RqVae = {
    config,
    codebooks,
    parameters,
    network: parameters.subarray(0, network.networkSize),
    arrays: {
      parameters,
      ...Object.fromEntries(
        Object.entries(memory.moments).map(([name, moment]) => [`moment:${name}`, moment]),
      ),
      ...Object.fromEntries(
        codebooks.flatMap(({ counts, sums }, level) => [
          [`counts:${level}`, counts],
          [`sums:${level}`, sums],
        ]),
      ),
    },
    get steps() {
      return training.steps;
    },
    set steps(count) {
      training.steps = count;
      memory.step = count;
    },
    start: async (vectors, { random: stream, signal }) => {
      if (config.initialisation.kind !== "k-means") return;
      const { residuals } = await coder.encode(vectors);
      await startFromClusters(codebooks, residuals[0]!, { config, random: stream, signal });
    },
    step: (batch, stream) => {
      training.x.set(batch);
      return training.run(stream);
    },
    fit: (vectors, fitOptions) => fitRqVae(rqVae, vectors, inputs, fitOptions),
    encode: async (vectors) => (await coder.encode(vectors)).codes,
    encodeUnique: async (vectors) => {
      const { codes, residuals } = await coder.encode(vectors);
      if (config.collisions.kind === "index") return withIndex(codes, levels);
      const sinkhorn = config.lastLevel.kind === "sinkhorn" ? config.lastLevel : SINKHORN;
      const shared = shareOutCodes(codes, {
        levels,
        width,
        residuals: residuals.at(-1)!,
        rows: codebooks.at(-1)!.rows,
        epsilon: sinkhorn.epsilon,
        iterations: sinkhorn.iterations,
        rounds: config.collisions.rounds,
      });
      return withIndex(shared, levels);
    },
    decode: (codes) => coder.decode(sumsOf(codes, codebooks, width)),
    metrics: async (vectors) =>
      measureQuantisation(vectors, await coder.encode(vectors), codebooks),
    quantise: (vectors) => coder.encode(vectors),
    close: async () => {
      await training.close();
      await coder.close();
    },
  };
  return rqVae;
}

/** The sum of each tuple's codes, [n * width]. */
function sumsOf(codes: Int32Array, codebooks: readonly Codebook[], width: number): Float32Array {
  const levels = codebooks.length;
  const n = codes.length / levels;
  const sums = new Float32Array(n * width);
  for (let i = 0; i < n; i++)
    codebooks.forEach(({ rows }, level) => {
      const from = codes[i * levels + level]! * width;
      for (let k = 0; k < width; k++) sums[i * width + k]! += rows[from + k]!;
    });
  return sums;
}
