import { oneEncoder } from "./fedcctr/one-encoder.fixture.ts";
import type { MethodKind } from "./registry.ts";

/** Methods that learn from what users chose, in order of time. */
export const OF_USERS: ReadonlySet<MethodKind> = new Set<MethodKind>([
  "recency",
  "fcf",
  "pfedrec",
  "feddcsr",
  "p2fcdr",
  "c2dsr",
  "tri-cdr",
  "centralised-fedcctr",
  "fedcctr",
]);
export const OF_USERS_MEASURED = { selectBy: "ndcg@5", metrics: ["ndcg@5"] };

/** Settings of models of sequences, whose own defaults are large for a test. */
const small = {
  width: 4,
  blocks: 1,
  heads: 1,
  length: 5,
  domainLength: 4,
  chunk: 24,
  loss: { negatives: 3 },
};
const codebooks = {
  codes: 8,
  localCodes: 8,
  width: 4,
  hidden: [8],
  rounds: 3,
  localEpochs: 1,
  finalEpochs: 1,
  restartEvery: 2,
};
export const SMALL_SETTINGS: Partial<Record<MethodKind, object>> = {
  c2dsr: small,
  fedmm: { codebooks },
  "centralised-codes": { codebooks },
  "tri-cdr": { ...small, hidden: [3, 2], pretraining: 1 },
  "centralised-fedcctr": { ...small, ...oneEncoder },
  fedcctr: { ...small, ...oneEncoder },
  feddcsr: { width: 4, blocks: 1, heads: 1, length: 5, usersPerStep: 24, negatives: 3 },
};
