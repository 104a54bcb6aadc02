import { shuffle, type RandomStream } from "../../random/index.ts";
import { AtollError } from "../../errors/index.ts";
import { pause } from "../collaborative/pause.ts";
import type { QuantisationMetrics } from "./metrics.ts";
import type { RqVae } from "./rq-vae.ts";
import type { RqVaeLosses } from "./train-step.ts";

export interface RqVaeFitOptions {
  readonly random: RandomStream;
  /** Stops between passes; the fit then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told the means of each pass, and what was measured after those that are looked at. */
  readonly onEpoch?: (
    report: RqVaeLosses & { readonly epoch: number; readonly metrics?: QuantisationMetrics },
  ) => void;
}

/**
 * Starts the codebooks on a sample of the vectors, then passes over all of them in random order.
 */
export async function fitRqVae(
  rqVae: RqVae,
  vectors: Float32Array,
  inputs: number,
  { random, signal, onEpoch }: RqVaeFitOptions,
): Promise<void> {
  const { epochs, initialisation, keep, checkEvery } = rqVae.config;
  const n = vectors.length / inputs;
  const order = Int32Array.from({ length: n }, (_, i) => i);
  if (initialisation.kind === "k-means") {
    shuffle(random, order);
    const sample = gather(vectors, inputs, order.subarray(0, initialisation.samples));
    await rqVae.start(sample, { random, signal });
  }
  let best: { readonly rate: number; readonly restore: () => void } | undefined;
  for (let epoch = 0; epoch < epochs; epoch++) {
    await pause(signal);
    shuffle(random, order);
    const mean = await fitPass(rqVae, vectors, { inputs, order, random, epoch });
    const isLooked = (epoch + 1) % checkEvery === 0 || epoch + 1 === epochs;
    const metrics = isLooked ? await rqVae.metrics(vectors) : undefined;
    if (metrics !== undefined && !(metrics.collisionRate >= (best?.rate ?? Infinity)))
      best = { rate: metrics.collisionRate, restore: snapshotOf(rqVae) };
    onEpoch?.({ epoch, ...mean, ...(metrics && { metrics }) });
  }
  if (keep === "fewest-collisions") best?.restore();
}

/**
 * One pass over the vectors in the given order; the means of what its steps measured. The last batch is
 * filled up from the beginning of the order, so that every batch is full.
 */
export async function fitPass(
  rqVae: Pick<RqVae, "config" | "step">,
  vectors: Float32Array,
  options: {
    readonly inputs: number;
    readonly order: Int32Array;
    readonly random: RandomStream;
    /** For the message of a pass that diverged. */
    readonly epoch: number;
  },
): Promise<RqVaeLosses> {
  const { inputs, order, random, epoch } = options;
  const { batchSize } = rqVae.config;
  const n = order.length;
  const mean = { loss: 0, reconstruction: 0, commitment: 0 };
  const numSteps = Math.ceil(n / batchSize);
  for (let s = 0; s < numSteps; s++) {
    const rows = Int32Array.from({ length: batchSize }, (_, i) => order[(s * batchSize + i) % n]!);
    const losses = await rqVae.step(gather(vectors, inputs, rows), random);
    if (!Number.isFinite(losses.loss))
      throw new AtollError(
        "TRAINING_DIVERGED",
        `the RQ-VAE's loss became ${losses.loss} in pass ${epoch + 1}; lower its learning rate, or scale the vectors`,
      );
    for (const name of ["loss", "reconstruction", "commitment"] as const)
      mean[name] += losses[name] / numSteps;
  }
  return mean;
}

function gather(vectors: Float32Array, inputs: number, rows: Int32Array): Float32Array {
  const gathered = new Float32Array(rows.length * inputs);
  rows.forEach((row, i) =>
    gathered.set(vectors.subarray(row * inputs, (row + 1) * inputs), i * inputs),
  );
  return gathered;
}

/** Remembers everything that training goes on from; the answer writes it back. */
function snapshotOf(rqVae: RqVae): () => void {
  const { steps } = rqVae;
  const copies = Object.entries(rqVae.arrays).map(
    ([name, array]) => [name, array.slice()] as const,
  );
  return () => {
    for (const [name, copy] of copies) rqVae.arrays[name]!.set(copy);
    rqVae.steps = steps;
  };
}
