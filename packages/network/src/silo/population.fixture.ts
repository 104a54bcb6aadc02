/** Settings of an experiment over twelve people of two domains whose items have titles; the methods are to be added. */
export const tinyPopulation = {
  data: {
    kind: "cross-domain",
    users: 12,
    domains: { food: { items: 30 }, kitchen: { items: 30 } },
    events: { min: 6, max: 8 },
    topics: 4,
    titles: { words: 3 },
  },
  split: { kind: "leave-one-out" },
  negatives: { evaluation: { count: 8 } },
  model: undefined,
  training: undefined,
  federation: { rounds: 1 },
  evaluation: { metrics: ["ndcg@5"] },
} as const;

/** A small encoder of theirs, whose users two parties share. */
export const tinyFedcctr = {
  kind: "fedcctr",
  encoders: "merged",
  cdrd: { weight: 0 },
  width: 8,
  heads: 1,
  length: 8,
  sampling: 1,
  validateEvery: 2,
  loss: { negatives: 4 },
  chunk: 12,
  shards: 2,
  augmentation: { kind: "heuristic" },
} as const;
