import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import { methods } from "@atoll/core/methods";
import { ExperimentError, parseStrictYaml } from "@atoll/node/experiment";

const kinds = Object.keys(methods) as [string, ...string[]];
const any = z.literal("any");
const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "give a SHA-256 as 64 digits of lower-case hexadecimal");
const count = z.number().int().positive();
const epsilon = z.number().positive();

const fields = z.strictObject({
  methods: z
    .union([any, z.array(z.enum(kinds)).min(1)])
    .default("any")
    .describe("kinds of methods that may run; the names that jobs give them do not count"),
  experiments: z
    .union([any, z.array(sha256).min(1)])
    .default("any")
    .describe("SHA-256 of the experiments that may run, as atoll client review tells it"),
  programs: z
    .union([any, z.array(sha256).min(1)])
    .default("any")
    .describe(
      "SHA-256 of the ONNX programs that may run; the silo compiles them itself, with its own software",
    ),
  columns: z
    .strictObject({
      allow: z
        .union([any, z.array(z.string().min(1))])
        .default("any")
        .describe("columns that jobs may read"),
      deny: z
        .array(z.string().min(1))
        .default([])
        .describe("columns that no job may read, whatever allow says"),
    })
    .prefault({})
    .describe(
      "by their names in the silo's files; while any rule stands here, no job may bring SQL or columnNames",
    ),
  sharedColumns: z
    .union([any, z.literal("any-but-user"), z.array(z.string().min(1))])
    .default("any-but-user")
    .describe(
      "columns whose distinct values may leave, in clear, as the vocabulary of a shared feature; the user column is what the job calls so, and a list holds whatever it says",
    ),
  minimumRows: z
    .number()
    .int()
    .nonnegative()
    .default(100)
    .describe("training rows that a client needs before anything is learned of them"),
  requirePrivacy: z
    .literal([true, false, "own"])
    .default(false)
    .describe(
      "true: every method must promise differential privacy; own: one that the silo keeps by itself, even against the server (dp-sgd or local)",
    ),
  publicColumns: z
    .array(z.string().min(1))
    .default([])
    .describe(
      "columns whose values are public knowledge: under requirePrivacy no job may share, or take for public, those of any other",
    ),
  maximumEpsilon: z
    .union([
      epsilon,
      z.strictObject({
        example: epsilon.optional(),
        user: epsilon.optional(),
        client: epsilon.optional(),
        vector: epsilon.optional(),
      }),
    ])
    .optional()
    .describe(
      "what all trainings of a job may spend together, methods and seeds added up; one number, or one for each unit that promises protect; default: no limit. requirePrivacy needs it",
    ),
  maximumDelta: z
    .number()
    .positive()
    .lt(1)
    .default(1e-5)
    .describe("at which an epsilon counts; without maximumEpsilon nothing is asked of it"),
  maximumRounds: count
    .default(1000)
    .describe("rounds of exchange of one method with one seed, all of its stages together"),
  maximumSeeds: count.default(10).describe("trainings of each method"),
  maximumBytesUp: count
    .default(10 * 2 ** 30)
    .describe("bytes that leave the silo in one run; the answer that would pass it is not sent"),
  augmentation: z
    .enum(["off", "local", "any"])
    .default("local")
    .describe(
      "whether a language model may be shown rows: none, one on this machine, or one anywhere",
    ),
});

/** A silo's policy file: what jobs may do there, whatever they say themselves. */
export const policyConfig = fields.refine(
  ({ requirePrivacy, maximumEpsilon }) => requirePrivacy === false || maximumEpsilon !== undefined,
  {
    path: ["requirePrivacy"],
    message:
      "asks for noise and not for how much of it, so that noise of nearly nothing would do; add maximumEpsilon, such as maximumEpsilon: 8, or set requirePrivacy: false",
  },
);

export type PolicyConfig = z.infer<typeof policyConfig>;

/** Reads a policy file; everything that is wrong with it is reported at once. */
export async function readPolicy(path: string): Promise<PolicyConfig> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    const message =
      error.code === "ENOENT"
        ? "there is no such file; `atoll client join` writes one"
        : error.message;
    throw new ExperimentError([{ at: path, path: "", message }]);
  });
  return parsePolicy(text, basename(path));
}

/** The same for text; `file` names it in messages. */
export const parsePolicy = (text: string, file: string): PolicyConfig =>
  parseStrictYaml(text, file, policyConfig).config;
