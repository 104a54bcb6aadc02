import { experimentSchema, type Experiment } from "@atoll/node/experiment";

const base = {
  data: { kind: "synthetic", markets: { a: { rows: 250 }, b: { rows: 180 } } },
  split: { kind: "random", valid: 0.2, test: 0.2 },
  federation: { rounds: 2, shared: ["segment"] },
  seeds: [1],
};

/** Two markets that train a small model together. */
export function tinyExperiment(own: Readonly<Record<string, unknown>> = {}): Experiment {
  return experimentSchema.parse({
    ...base,
    name: "tiny",
    model: { kind: "deepfm", width: 2, hidden: [4], batchNorm: true, embeddingStd: 0.1 },
    methods: ["fedavg"],
    training: { batchSize: 32, optimiser: { kind: "adam", learningRate: 0.01 } },
    ...own,
  });
}

/** Noise of the server, or of each client. */
export function privateExperiment(kind: string): Experiment {
  const noise = {
    central: { kind: "central", noiseMultiplier: 1 },
    local: { kind: "local", noiseMultiplier: 2, epsilon: 100 },
  }[kind];
  return experimentSchema.parse({
    ...base,
    name: "private",
    model: { kind: "lr" },
    methods: ["fedavg"],
    training: { batchSize: 32, select: "last" },
    privacy: { ...noise, clipNorm: 0.5, assumePublic: ["segment"] },
  });
}

/** One method without a promise, and one with: of the first all numbers follow from the seed. */
export function mixedExperiment(): Experiment {
  const { privacy, ...rest } = privateExperiment("local");
  const methods = ["fedavg", { kind: "fedavg", name: "noisy", privacy }];
  return experimentSchema.parse({ ...rest, privacy: { kind: "none" }, methods });
}
