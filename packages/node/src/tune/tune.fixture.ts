import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** An experiment of two small synthetic markets, as its author would write it. */
export const EXPERIMENT = `
# A comment that best.yaml keeps.
name: tiny
data: { kind: synthetic, markets: { a: { rows: 500 }, b: { rows: 300 } } }
split: { kind: random, valid: 0.25, test: 0.25 }
model: { kind: deepfm, width: 4, hidden: [8], embeddingStd: 0.1 }
methods: [popularity, local, fedprox]
federation: { rounds: 3 }
training: { batchSize: 64 }
evaluation: { bootstrap: 100 }
seeds: [1, 2]
`;

export const TUNE = `
experiment: tiny.yaml
method: fedprox
space:
  training.optimiser.learningRate: { low: 0.0003, high: 0.1, scale: log }
  methods.fedprox.mu: { values: [0.01, 1] }
strategy: { kind: random, trials: 3, seed: 3 }
`;

/** Writes both files; returns the tune file's path. */
export async function writeTune(
  folder: string,
  { tune = TUNE, experiment = EXPERIMENT } = {},
): Promise<string> {
  await writeFile(join(folder, "tiny.yaml"), experiment);
  await writeFile(join(folder, "tune.yaml"), tune);
  return join(folder, "tune.yaml");
}
