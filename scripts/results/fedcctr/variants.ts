import { methods, type MethodKind } from "@atoll/core/methods";
import type { Settings } from "../settings.ts";

/** Names of methods that several tables and goals speak of. */
export const FED = "fedcctr";
export const CENTRAL = "centralised";
export const MERGED = "sasrec-merged";
export const FEDSASREC = "fed-sasrec";
export const SASREC = "sasrec";
/** What stands behind a name that also knows of requests: recency and titles. */
export const KNOWING = "+request";
/** What stands behind a name whose items are public titles beside a table. */
export const TITLES = "+titles";
export const TITLE = "title";
export const RECENCY_TITLE = "recency+title";

/** Rows without any training. */
export const UNTRAINED: readonly Settings[] = [
  { kind: "popularity", name: "popularity" },
  { kind: "item-knn", name: "item-knn" },
  { kind: "recency", name: TITLE, recency: 0, text: 1 },
  { kind: "recency", name: "recency" },
  { kind: "recency", name: RECENCY_TITLE, text: 5 },
];

const adam = (learningRate: number) => ({ optimiser: { kind: "adam", learningRate } });

/** A model of one domain's rows, which each domain trains by itself; its sequences are the domain's own. */
const ALONE: Settings = {
  kind: "local",
  name: SASREC,
  model: { kind: "sasrec", width: 64, layers: 1, heads: 2, dropout: 0.5 },
  training: {
    ...adam(0.001),
    batchSize: 4096,
    // Validation may stand still for some passes before it rises.
    patience: 8,
    loss: { kind: "sampled-softmax", samples: 256 },
  },
  federation: { rounds: 40 },
};

/** Methods of others, at their own defaults but for passes, rounds and rates that validation rows asked for. */
const BASELINES: readonly Settings[] = [
  ALONE,
  { kind: "c2dsr", federation: { rounds: 24 }, training: { ...adam(0.001), patience: 3 } },
  { kind: "fcf", validateEvery: 5, federation: { rounds: 60 } },
  { kind: "pfedrec", validateEvery: 5, federation: { rounds: 40 } },
  { kind: "p2fcdr", federation: { rounds: 30 }, training: { ...adam(0.002), patience: 4 } },
  { kind: "feddcsr", federation: { rounds: 60 }, training: { ...adam(0.001), patience: 4 } },
];

/** Of which a pass takes minutes. */
export const SLOW: readonly Settings[] = [
  // Contrasts that weigh 1, as the authors' default, cost validation .02 / .005 after two passes.
  {
    kind: "tri-cdr",
    coarse: { weight: 0.1 },
    fine: { weight: 0.1 },
    federation: { rounds: 16 },
    training: { ...adam(0.001), patience: 4 },
  },
  {
    kind: "local",
    name: "din",
    model: { kind: "din", width: 16 },
    training: { ...adam(0.001), batchSize: 4096, patience: 3 },
    federation: { rounds: 12 },
  },
];

/** Those that the method table has. */
export const baselines = () =>
  BASELINES.filter(({ kind }) => Object.hasOwn(methods, kind as MethodKind));

/** What a request knows beside the model, when candidates are scored. */
export const REQUEST = { request: { recency: 1.5, text: 5 } };

/** Public titles, through a learned projection, beside a table. */
export const ITEMS_WITH_TITLES = { items: { vectors: "public-and-learned" } };

/** Public titles stand for items: few parameters, and none that one user alone moves. */
export const PUBLIC = { items: { vectors: "public", order: 20 } };

const centralTraining = {
  training: {
    optimiser: { kind: "adamw", learningRate: 0.001, weightDecay: 0.1 },
    patience: 4,
  },
};

const SAMPLING = 0.05;
/** Of federated models: every user takes part as often, on average. */
export const PASSES = 14;
/** Where all rows are in one place a pass costs no message: until validation rises no more. */
export const MOST_PASSES = 30;
const federatedTraining = { sampling: SAMPLING, validateEvery: 20 };

export const central = (name: string, settings: Settings = {}): Settings => ({
  kind: "centralised-fedcctr",
  name,
  federation: { rounds: MOST_PASSES },
  ...centralTraining,
  ...settings,
});

export const federated = (name: string, settings: Settings = {}): Settings => ({
  kind: "fedcctr",
  name,
  ...federatedTraining,
  federation: { rounds: Math.round(PASSES / SAMPLING) },
  training: { patience: 6 },
  ...settings,
});

/** One thing changed of the federated method, by the title that a table gives it. */
export interface Variant {
  readonly name: string;
  readonly title: string;
  readonly settings: Settings;
}

export const ABLATIONS: readonly Variant[] = [
  { name: "no-cdrd", title: "CDRD off (lambda2 0)", settings: { cdrd: { weight: 0 } } },
  { name: "merged", title: "the merged encoder alone", settings: { encoders: "merged" } },
  { name: "domains", title: "encoders of domains alone", settings: { encoders: "domains" } },
  { name: "mlp", title: "heads: MLP", settings: { head: "mlp" } },
  { name: "bce", title: "loss: cross entropy", settings: { loss: { kind: "bce" } } },
  { name: "no-dropout", title: "dropout 0", settings: { dropout: 0 } },
  {
    name: "public",
    title: "items: public titles alone",
    settings: { items: { vectors: "public" } },
  },
  { name: "public-order", title: "items: public titles and order of ids", settings: PUBLIC },
  {
    name: "public-learned",
    title: "items: public titles and a table",
    settings: ITEMS_WITH_TITLES,
  },
  {
    name: "encoders-and-codes",
    title: "federated: encoders and codes",
    settings: { ...ITEMS_WITH_TITLES, federate: "encoders-and-codes" },
  },
];

/** Silos are always all there; a round is a pass over everybody's events. */
const SILO_ROUNDS = 3 * PASSES;

/** Who a client is, instead of a user. */
export const CLIENTS: readonly Variant[] = [
  {
    name: "cohorts",
    title: "eight users, drawn by the seed",
    settings: { clients: { cohort: 8 } },
  },
  {
    name: "silos",
    title: `a domain with everybody's events in it, ${SILO_ROUNDS} rounds with both, one gradient each`,
    settings: {
      clients: "silo",
      sampling: 1,
      usersPerStep: "all",
      federation: { rounds: SILO_ROUNDS },
      validateEvery: 3,
    },
  },
  {
    name: "silo-passes",
    title: "the same, a pass by minibatches of 128 users a round",
    settings: {
      clients: "silo",
      sampling: 1,
      usersPerStep: 128,
      // The mean over two halves what each alone learns of its own items.
      server: { kind: "sgd", learningRate: 2, momentum: 0 },
      federation: { rounds: 40 },
      validateEvery: 1,
      ...centralTraining,
    },
  },
];

/** Beside the default, .5. */
export const LAMBDA2 = [0.25, 1] as const;

export const SENSITIVITY: readonly Variant[] = [
  ...LAMBDA2.map((weight) => ({
    name: `lambda2-${weight}`,
    title: `lambda2 ${weight}`,
    settings: { cdrd: { weight } },
  })),
  {
    name: "more-passes",
    title: `${MOST_PASSES} passes`,
    settings: { federation: { rounds: Math.round(MOST_PASSES / SAMPLING) } },
  },
];
