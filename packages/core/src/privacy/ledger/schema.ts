import { z } from "zod";

/** Where a promise may be none: infinity is a word in JSON, a number in memory. */
const epsilon = z.codec(
  z.union([z.number().nonnegative(), z.literal("infinity")]),
  z.union([z.number(), z.literal(Infinity)]),
  {
    decode: (value) => (value === "infinity" ? Infinity : value),
    encode: (value) => (Number.isFinite(value) ? value : ("infinity" as const)),
  },
);

const noiseMultiplier = z
  .number()
  .nonnegative()
  .describe("deviation of the noise over sensitivity");

const mechanism = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("gaussian"),
    noiseMultiplier,
    samplingRate: z.number().min(0).max(1).describe("with which each unit takes part"),
  }),
  z.strictObject({ kind: z.literal("discrete-gaussian"), noiseMultiplier }),
  z.strictObject({ kind: z.literal("laplace"), noiseMultiplier }),
]);

const uses = z.strictObject({ mechanism, count: z.number().int().nonnegative() });

const spent = z.strictObject({
  epsilon,
  unamplified: epsilon.optional(),
  amplified: epsilon.optional(),
});

/** A budget as JSON; decodes to `Budget`. */
export const budgetSchema = z.strictObject({
  epsilon: epsilon.describe("most that may be spent; infinity: counted only"),
  delta: z.number().gt(0).lt(1),
  accountant: z.enum(["rdp", "zcdp", "pld"]),
  adaptivity: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("planned"), plan: z.array(uses).readonly() }),
    z.strictObject({ kind: z.literal("zcdp-filter") }),
    z.strictObject({ kind: z.literal("renyi-filter"), order: z.number().gt(1) }),
  ]),
});

/** An account as JSON; decodes to `AccountExport`, and `z.encode` of one gives JSON. */
export const accountSchema = z.strictObject({
  account: z.string(),
  budget: budgetSchema,
  spent,
  charges: z
    .array(
      z.strictObject({
        id: z.string(),
        run: z.string(),
        stage: z.string(),
        round: z.number().int(),
        what: z.string(),
        unit: z.enum(["example", "user", "client", "vector"]),
        adjacency: z.enum(["add-remove", "replace"]),
        uses,
        unamplified: uses.optional(),
        amplified: uses.optional(),
        spentAfter: spent,
      }),
    )
    .readonly(),
});
