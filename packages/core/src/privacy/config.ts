import { z } from "zod";

const delta = z
  .number()
  .positive()
  .lt(1)
  .default(1e-5)
  .describe("probability with which the promise may fail; well below one over the number of units");

const noiseMultiplier = z
  .number()
  .nonnegative()
  .describe("standard deviation of the noise over what one unit can change");

const epsilon = z
  .number()
  .positive()
  .describe("loss of privacy that is promised not to be passed; the noise is planned for it");

/** A bound on norms: a number, or one that follows a quantile of the norms. */
export const adaptiveClip = z.strictObject({
  quantile: z
    .number()
    .gt(0)
    .lt(1)
    .describe("share of the units whose norm the bound is to leave as it is"),
  initial: z.number().positive().default(0.1).describe("bound of the first step"),
  learningRate: z
    .number()
    .positive()
    .default(0.2)
    .describe("eta of C <- C exp(-eta (b - quantile))"),
  countNoise: z
    .number()
    .positive()
    .optional()
    .describe(
      "deviation of the noise on the count of unclipped units; default: a twentieth of the expected units of a step",
    ),
});

const clipNorm = z
  .union([z.number().positive(), z.literal("infinity"), adaptiveClip])
  .describe("longest Euclidean norm of what one unit contributes; what is longer is scaled down");

/** What every kind says beside its own settings. */
const common = {
  delta,
  accountant: z
    .enum(["rdp", "pld"])
    .default("rdp")
    .describe("rdp: Renyi, composes with everything; pld: privacy loss distributions, tighter"),
  ledger: z
    .string()
    .optional()
    .describe(
      "a ledger file that outlives the run: all trainings on a client share one budget there; default: each training has an account of its own in the run's folder",
    ),
  cap: z
    .number()
    .positive()
    .optional()
    .describe(
      "most epsilon an account may spend; what would pass it is refused; default: counted only",
    ),
  assumePublic: z
    .array(z.string())
    .default([])
    .describe(
      "features whose vocabulary, or mean and deviation, are public knowledge, though they are taken from training rows: nothing protects them",
    ),
  users: z
    .enum(["overlapping", "disjoint"])
    .default("overlapping")
    .describe("whether one user may be in several clients: their losses then add"),
};

/** DP-SGD inside each client: what the trained model tells about one row, or one user, is bounded. */
const dpSgd = z.strictObject({
  kind: z.literal("dp-sgd"),
  unit: z
    .enum(["example", "user"])
    .default("example")
    .describe("whose presence the promise hides: one training row, or all rows of one user"),
  clipNorm: clipNorm.default(1),
  clipping: z
    .enum(["flat", "per-layer"])
    .default("flat")
    .describe(
      "per-layer: every parameter array and table is clipped by itself, to the same share of the bound",
    ),
  noiseMultiplier: noiseMultiplier.optional(),
  epsilon: epsilon
    .optional()
    .describe("instead of noiseMultiplier: the noise that spends this much over all planned steps"),
  sampling: z
    .enum(["poisson", "shuffled"])
    .default("poisson")
    .describe(
      "poisson: each unit is in a step by itself with probability batchSize / units, which amplifies; shuffled: every unit once a pass, no amplification",
    ),
  rowsPerUser: z
    .number()
    .int()
    .positive()
    .default(8)
    .describe("unit user: rows of a user that a step looks at, drawn anew"),
  ...common,
});

/** The server is trusted: it clips what clients send and publishes a noisy mean. */
const central = z.strictObject({
  kind: z.literal("central"),
  clipNorm: clipNorm.default(1),
  clipping: z
    .enum(["flat", "per-layer"])
    .default("flat")
    .describe(
      "flat: the whole contribution within the bound; per-layer: each group of parameters within it",
    ),
  noiseMultiplier: noiseMultiplier.optional(),
  epsilon: epsilon.optional(),
  ...common,
});

/** Nobody is trusted: each client adds noise before it sends (AdaLDP). */
const local = z.strictObject({
  kind: z.literal("local"),
  mode: z
    .enum(["adaptive", "static"])
    .default("adaptive")
    .describe("adaptive: the noise decays from round to round; static: it stays"),
  clipNorm: z
    .union([z.number().positive(), z.literal("infinity")])
    .default(1)
    .describe("longest Euclidean norm of an update; what is longer is scaled down"),
  noiseMultiplier: noiseMultiplier.default(2).describe("of the first round"),
  decay: z
    .number()
    .gt(0)
    .lte(1)
    .default(0.997)
    .describe("R of sigma <- R sigma, by the round's number"),
  leastNoise: z
    .number()
    .nonnegative()
    .default(0)
    .describe("noise multiplier below which it does not decay"),
  adjacency: z
    .enum(["add-remove", "replace"])
    .default("add-remove")
    .describe("replace: one client's data becomes others', which moves twice as far"),
  epsilon: epsilon
    .default(3)
    .describe("each client's budget; a client whose next update would pass it retires"),
  ...common,
});

/** Nobody is trusted but all together: each client adds a share of the noise, for a sum that only secure aggregation opens. */
const distributed = z.strictObject({
  kind: z.literal("distributed"),
  clipNorm: z
    .number()
    .positive()
    .default(1)
    .describe("longest Euclidean norm of an update; what is longer is scaled down"),
  noiseMultiplier: noiseMultiplier
    .default(1)
    .describe("of the sum, were only minimumClients to send"),
  minimumClients: z
    .number()
    .int()
    .positive()
    .describe("answers without which nothing is released: missing clients are missing noise"),
  bits: z
    .number()
    .int()
    .min(8)
    .max(32)
    .default(24)
    .describe("of an integer on the wire; sums wrap around"),
  ...common,
});

export const privacyConfig = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  dpSgd,
  central,
  local,
  distributed,
]);

export type PrivacyConfig = z.infer<typeof privacyConfig>;
export type PrivacyKind = PrivacyConfig["kind"];
export type DpSgdConfig = Extract<PrivacyConfig, { readonly kind: "dp-sgd" }>;
export type UpdatePrivacyConfig = Extract<
  PrivacyConfig,
  { readonly kind: "central" | "local" | "distributed" }
>;
