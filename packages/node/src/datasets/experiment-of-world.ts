import { columnsOfWorld, commonOfWorld, oraclesOfWorld, type WorldConfig } from "@atoll/core/data";

/** An experiment, as its author would write it, that reads the files of a written world. */
export function experimentOfWorld(
  world: WorldConfig,
  files: readonly { readonly client: string; readonly path: string }[],
): Record<string, unknown> {
  const oracles = oraclesOfWorld(world);
  const truth =
    oracles.length === 0
      ? "every row is an item that its user chose"
      : oracles.length === 1
        ? `${oracles[0]} is the true probability of a click`
        : `${oracles.join(" and ")} are the true probabilities of a click and of a sale`;
  const common = commonOfWorld(world);
  return {
    name: "synthetic-files",
    description: `A synthetic world, written to files; ${truth}.`,
    data: {
      kind: "files",
      feedback: oracles.length === 0 ? "implicit" : "explicit",
      columns: columnsOfWorld(world),
      common: [...common],
      clients: Object.fromEntries(files.map(({ client, path }) => [client, { path }])),
    },
    ...settingsOf(world),
    seeds: [1, 2, 3],
  };
}

function settingsOf(world: WorldConfig): Record<string, unknown> {
  const split = { kind: "random", valid: 0.15, test: 0.35 };
  const federation = {
    rounds: 20,
    shared: commonOfWorld(world).filter((name) => name !== "item"),
  };
  switch (world.kind) {
    case "synthetic":
      return { split, ...marketSettings, federation };
    case "scenarios":
      return { split, ...scenarioSettings, federation };
    case "cross-domain":
      return domainSettings;
  }
}

const domainSettings = {
  split: { kind: "given", column: "part" },
  negatives: { evaluation: { count: 99 } },
  methods: ["popularity", "item-knn"],
  evaluation: { metrics: ["ndcg@10", "hr@10", "mrr@10"] },
};

const marketSettings = {
  model: { kind: "deepfm", width: 8, hidden: [32, 16], batchNorm: true, embeddingStd: 0.1 },
  methods: ["popularity", "local", "centralised", "fedavg", "fedprox", "fedbn", "fedadam"],
  training: {
    batchSize: 256,
    optimiser: { kind: "adam", learningRate: 0.01, weightDecay: 0.0001 },
  },
};

const scenarioSettings = {
  model: { kind: "mmoe", width: 8, expertHidden: [32, 16], towerHidden: [16], batchNorm: true },
  methods: ["local", "centralised", "fedavg", "fedbn", "ditto"],
  training: { batchSize: 128, optimiser: { kind: "adam", learningRate: 0.003 } },
};
