import { PUBLIC, REQUEST as WITHOUT_NOISE, type Variant } from "./variants.ts";
import type { Settings } from "../settings.ts";

export const EPSILONS = [1, 3, 8] as const;
/** At which modes are compared. */
export const EPSILON = 3;
export const DECAYS = [1, 0.997, 0.991] as const;
/** Of which local noise is tried at every epsilon: none, and the strongest. */
export const SWEPT_DECAYS = [1, 0.991] as const;
export const RHOS = [0.05, 0.1, 0.4] as const;

/** Rounds of private trainings, and with which probability a user takes part in one. */
const ROUNDS = 50;
export const SAMPLING = 0.2;
const LOCAL_ROUNDS = 60;
const LOCAL_SAMPLING = 0.05;
const DELTA = 1e-5;

/** The pipeline under noise: the merged encoder, and nothing of an item but what is public. */
export const PIPELINE: Settings = {
  encoders: "merged",
  cdrd: { weight: 0 },
  ...PUBLIC,
  dropout: 0,
};

/** Under noise, validation gives both more weight; the noiseless rows have the weights of the main run. */
const REQUEST = { request: { recency: 3, text: 12 } };

const lastRound = { training: { select: "last" }, validateEvery: 20 };

const promised = (name: string, settings: Settings): Settings => ({
  kind: "fedcctr",
  name,
  ...PIPELINE,
  ...REQUEST,
  sampling: SAMPLING,
  server: { kind: "sgd", learningRate: 1, momentum: 0.9 },
  federation: { rounds: ROUNDS },
  ...lastRound,
  ...settings,
});

/** Noise of the histogram: a third or so of the epsilon, which falls about as one over the noise. */
const histogramOf = (epsilon: number) => ({
  histogram: {
    noiseMultiplier: Number((6.3 / epsilon).toPrecision(3)),
    // Under this noise, cells of single items tell nothing that is worth a level.
    levels: [64, 16, 4],
    days: [15, 15, 15],
  },
});

const centralOf = (epsilon: number) => ({
  privacy: { kind: "central", epsilon, delta: DELTA, clipNorm: 1 },
});

export const central = (epsilon: number, name = `central-${epsilon}`, settings: Settings = {}) =>
  promised(name, { ...histogramOf(epsilon), ...centralOf(epsilon), ...settings });

/** Without noise and with exact counts: what the promise is taken off from. */
export const NOISELESS = "noiseless";
/** The same encoder that knows no time and no similarity of titles. */
export const BLIND = "noiseless-blind";
const NO_REQUEST: Settings = { request: { recency: 0, text: 0 } };
/** Of what no promise is spent on: the similarity of titles alone. */
const TEXT_ONLY: Settings = { request: { recency: 0, text: 8 } };

export const noiseless: readonly Settings[] = [
  promised(NOISELESS, { server: { kind: "fedadam" }, ...WITHOUT_NOISE }),
  promised(BLIND, { server: { kind: "fedadam" }, ...NO_REQUEST }),
];

/**
 * Noise multiplier of the first round that makes decaying noise as costly, over all rounds, as a constant one.
 * Losses of Gaussian noise add up in 1 / z^2: z_0^2 = z^2 mean_t R^(-2t).
 */
export function equalNoise(constant: number, decay: number, rounds: number): number {
  let sum = 0;
  for (let t = 0; t < rounds; t++) sum += decay ** (-2 * t);
  return constant * Math.sqrt(sum / rounds);
}

/** So few numbers describe the model that noise of every user may leave something of them. */
export const SMALL: Settings = {
  width: 16,
  blocks: 1,
  heads: 1,
  items: { vectors: "public", dimensions: 24 },
  loss: { negatives: 30 },
};

/** Titles weigh so much that what noise makes of the model hardly matters where it learned nothing. */
const RESIDUAL: Settings = { request: { recency: 0, text: 40 } };

/** By epsilon, noise of about three participations of a user; each is charged to its own account. */
const LOCAL_NOISE = { 1: 7.01, 3: 2.59, 8: 1.11 } as const;

export const localName = (decay: number, epsilon: keyof typeof LOCAL_NOISE = EPSILON) => {
  const name = decay === 1 ? "local-static" : `local-R-${decay}`;
  return epsilon === EPSILON ? name : `${name}-${epsilon}`;
};

export const local = (
  decay: number,
  {
    epsilon = EPSILON,
    settings = {},
  }: { readonly epsilon?: keyof typeof LOCAL_NOISE; readonly settings?: Settings } = {},
): Settings =>
  promised(localName(decay, epsilon), {
    ...SMALL,
    ...RESIDUAL,
    sampling: LOCAL_SAMPLING,
    server: { kind: "sgd", learningRate: 0.003, momentum: 0.9 },
    federation: { rounds: LOCAL_ROUNDS },
    privacy: {
      kind: "local",
      epsilon,
      delta: DELTA,
      clipNorm: 1,
      ...(decay === 1
        ? { mode: "static", noiseMultiplier: LOCAL_NOISE[epsilon] }
        : {
            mode: "adaptive",
            decay,
            noiseMultiplier: Number(
              equalNoise(LOCAL_NOISE[epsilon], decay, LOCAL_ROUNDS).toPrecision(4),
            ),
          }),
    },
    ...settings,
  });

/** Users whose local noise leaves this rate of the server's steps. */
const REFERENCE = { users: 100_000, learningRate: 0.03 };
/** Below one over the largest number of users. */
const CURVE_DELTA = 1e-6;

/**
 * The small model for so many users of the synthetic world, without a promise, and with a central and a local one. The
 * noise in a mean falls as the root of the number of users; the server's steps grow with it, so that what noise moves stays.
 */
export function curve(users: number): readonly Settings[] {
  const titles: Settings = { request: { recency: 0, text: 8 }, validateEvery: 60 };
  const learningRate = Number(
    (REFERENCE.learningRate * Math.sqrt(users / REFERENCE.users)).toPrecision(2),
  );
  const server = { kind: "sgd", learningRate, momentum: 0.9 };
  const shared: Settings = {
    ...SMALL,
    ...titles,
    sampling: LOCAL_SAMPLING,
    federation: { rounds: LOCAL_ROUNDS },
  };
  return [
    promised(NOISELESS, { ...shared, server: { kind: "fedadam", learningRate: 0.02 } }),
    central(EPSILON, "central", {
      ...shared,
      histogram: undefined,
      privacy: { kind: "central", epsilon: EPSILON, delta: CURVE_DELTA, clipNorm: 1 },
    }),
    ...DECAYS.map((decay) => {
      const entry = local(decay, { settings: { ...shared, server } });
      return { ...entry, privacy: { ...(entry["privacy"] as Settings), delta: CURVE_DELTA } };
    }),
  ];
}

/** What goals are about. */
export const MODES: readonly Settings[] = [
  ...noiseless,
  central(EPSILON),
  ...DECAYS.map((decay) => local(decay)),
];

/** The rest of what a promise may be. */
export const OTHER_MODES: readonly Settings[] = [
  ...EPSILONS.map((epsilon) => central(epsilon)),
  central(EPSILON, "central-no-counts", { ...TEXT_ONLY, histogram: undefined }),
  central(EPSILON, "central-no-order", { items: { vectors: "public" } }),
  central(EPSILON, "central-cohorts", { clients: { cohort: 8 } }),
  promised("distributed", {
    ...TEXT_ONLY,
    privacy: {
      kind: "distributed",
      noiseMultiplier: 2.6,
      minimumClients: 1200,
      delta: DELTA,
      clipNorm: 1,
    },
  }),
  ...EPSILONS.filter((epsilon) => epsilon !== EPSILON).flatMap((epsilon) =>
    SWEPT_DECAYS.map((decay) => local(decay, { epsilon })),
  ),
];

/** Of the central promise: who takes part. */
export const SAMPLINGS: readonly Variant[] = RHOS.map((rho) => ({
  name: `rho-${rho}`,
  title: `rho ${rho}`,
  settings: central(EPSILON, `rho-${rho}`, { sampling: rho }),
}));
