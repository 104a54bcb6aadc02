import { z } from "zod";
import { optimiserConfig } from "../../optim/index.ts";

const positive = z.number().int().positive();
const numCodes = z.number().int().min(2);

/**
 * Everything that implementations of the RQ-VAE choose differently. The defaults are those of LC-Rec
 * (Zheng et al. 2024), which TIGER's public code shares, but for dead codes, which it leaves dead, and
 * fewer passes.
 */
export const rqVaeConfig = z.strictObject({
  hidden: z
    .array(positive)
    .default([512, 256, 128, 64])
    .describe("widths of the encoder's hidden layers; the decoder's are these in reverse"),
  width: positive.default(32).describe("length of a code's vector"),
  levels: positive.default(3).describe("codes per item"),
  codes: z
    .union([numCodes, z.array(numCodes).min(1)])
    .default(256)
    .describe("vectors per codebook, of all levels or one number for each"),
  commitment: z
    .number()
    .nonnegative()
    .default(0.25)
    .describe("beta: weight of the term that draws the encoder to its codes"),
  quantisationWeight: z
    .number()
    .nonnegative()
    .default(1)
    .describe("weight of the quantisation loss beside the reconstruction loss, both means"),
  residual: z
    .enum(["straight-through", "detached"])
    .default("straight-through")
    .describe(
      "what the next level quantises: the residual without gradient, so that only the first level's commitment trains the encoder (LC-Rec, TIGER), or with it, so that every level's does and the decoder's gradient counts once per level (lucidrains)",
    ),
  initialisation: z
    .discriminatedUnion("kind", [
      z
        .strictObject({
          kind: z.literal("k-means"),
          samples: positive.default(20_000).describe("most vectors that clusters are sought in"),
          iterations: positive.default(100).describe("most passes of Lloyd's algorithm"),
        })
        .describe("level by level on the residuals of the first vectors"),
      z
        .strictObject({ kind: z.literal("uniform") })
        .describe("U[-1/codes, 1/codes), as LC-Rec's codebooks are before k-means"),
    ])
    .prefault({ kind: "k-means" })
    .describe("where codebooks start"),
  update: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("gradient") }).describe("codebooks learn as parameters do"),
      z
        .strictObject({
          kind: z.literal("ema"),
          epsilon: z.number().positive().default(1e-5).describe("Laplace smoothing of the counts"),
        })
        .describe("a code is the moving average of the residuals that chose it; no gradient"),
    ])
    .prefault({ kind: "gradient" })
    .describe("how codebooks learn"),
  decay: z
    .number()
    .min(0)
    .lt(1)
    .default(0.8)
    .describe("gamma: what a step keeps of the moving averages of code usage"),
  restartBelow: z
    .number()
    .nonnegative()
    .default(0.1)
    .describe(
      "a code whose moving average of uses per batch is below this starts anew from a residual of the batch; 0: never",
    ),
  lastLevel: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("nearest") }).describe("the nearest code, as on all levels"),
      z
        .strictObject({
          kind: z.literal("sinkhorn"),
          epsilon: z.number().positive().default(0.003).describe("entropy; smaller: nearer"),
          iterations: positive.default(50).describe("normalisations of rows and columns"),
        })
        .describe("in training, codes are given out evenly over the batch"),
    ])
    .prefault({ kind: "sinkhorn" })
    .describe("how training assigns the codes of the last level"),
  collisions: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("index") }).describe("nothing but the further index"),
      z
        .strictObject({
          kind: z.literal("sinkhorn"),
          rounds: positive.default(30).describe("most rounds"),
        })
        .describe("items of one tuple first share out the last level's codes among them"),
    ])
    .prefault({ kind: "sinkhorn" })
    .describe(
      "how equal tuples are told apart; what stays equal gets its position among the equal ones as a further index",
    ),
  optimiser: optimiserConfig
    .prefault({ kind: "adamw", learningRate: 0.001, weightDecay: 0.0001 })
    .describe("encoder, decoder and, where they learn by gradient, codebooks"),
  warmUpSteps: z
    .number()
    .int()
    .nonnegative()
    .default(500)
    .describe("steps in which the learning rate grows to its size"),
  clipNorm: z
    .number()
    .positive()
    .nullable()
    .default(1)
    .describe("largest Euclidean norm of a step's gradient; null: any"),
  batchSize: positive.default(1024).describe("vectors per step; should be at least `codes`"),
  epochs: positive.default(500).describe("passes over the vectors"),
  keep: z
    .enum(["fewest-collisions", "last"])
    .default("fewest-collisions")
    .describe("which state `fit` ends with, of those it looks at every `checkEvery` passes"),
  checkEvery: positive.default(50).describe("passes between two measurements"),
});

export type RqVaeConfig = z.infer<typeof rqVaeConfig>;

/** Codes of each level. */
export function codesByLevel({ levels, codes }: RqVaeConfig): readonly number[] {
  const each = Array.isArray(codes) ? codes : Array.from({ length: levels }, () => codes);
  if (each.length !== levels)
    throw new RangeError(`rqVae: codes for ${each.length} levels, but there are ${levels}`);
  return each;
}
