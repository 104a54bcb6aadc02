import type { Source } from "./expand.ts";
import type { Written } from "./written.ts";

/** A small experiment as a person would write it. */
export const WRITTEN: Written = {
  name: "tiny",
  data: { kind: "synthetic", markets: { a: { rows: 200 }, b: { rows: 140 } } },
  split: { kind: "random", valid: 0.25, test: 0.25 },
  model: { kind: "deepfm", width: 4, hidden: [4], embeddingStd: 0.1 },
  methods: ["popularity", "local", "fedavg", { kind: "fedprox", name: "prox", mu: 0.1 }],
  federation: { rounds: 2 },
  training: { batchSize: 64 },
  evaluation: { bootstrap: 100 },
};

export function sourceOf(overrides: Written = {}): Source {
  return { file: "tiny.yaml", directory: "/data", written: { ...WRITTEN, ...overrides } };
}
