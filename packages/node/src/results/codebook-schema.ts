import { z } from "zod";

const spread = z.strictObject({
  mean: z.number().describe("mean over seeds"),
  sd: z.number().describe("standard deviation over seeds (0 for one seed)"),
});

const entity = z.enum(["item", "user"]);

const codebookOfClient = z.strictObject({
  entities: z.number().describe("entities with codes"),
  codes: z.array(z.number().int()).describe("rows of the codebook, by level"),
  usage: z.array(z.number()).describe("by level: share of these that some entity has"),
  perplexity: z
    .array(z.number())
    .describe("by level, of this client alone: how many codes are as good as in use"),
  collisionRate: z.number().describe("(entities - different tuples of codes) / entities"),
  reconstruction: z.number().describe("mean squared error of the vectors, per number"),
});

const entityResult = z.strictObject({
  levels: z.array(z.enum(["global", "local"])).describe("whose codebook each level has"),
  clients: z.record(z.string(), codebookOfClient),
  common: z
    .strictObject({
      union: spread.describe("perplexity of the first level over all clients' entities together"),
      division: spread.describe(
        "as how many separate codebooks clients use it: 1 alike, the number of clients wholly apart",
      ),
      byChance: spread.describe("the division if clients of these sizes drew from one pool"),
    })
    .optional()
    .describe("of a first level that all clients have in common"),
  agreement: z
    .strictObject({
      same: spread.describe("share of comparisons with the same first-level code"),
      chance: spread.describe("that share if codes were independent, on the same entities"),
      ratio: spread.optional().describe("same / chance; absent where chance is 0"),
      entities: z.number().describe("different entities that two or more clients hold"),
      comparisons: z.number().describe("entities of all pairs of clients"),
    })
    .optional()
    .describe(
      "how often one entity has one code in two clients, by equal raw values: an evaluation that only a simulation can make",
    ),
});

/** Codebooks of one method in `result.json`: means over seeds, by entity. */
export const codebookResult = z.partialRecord(entity, entityResult);

const example = z.strictObject({
  value: z.string(),
  count: z.number().int().describe("its training positives"),
  words: z.string().optional(),
});

const entityPage = z.strictObject({
  uses: z
    .record(z.string(), z.array(z.number()))
    .optional()
    .describe("by client: entities of each code of a common first level"),
  errorByRound: z.record(z.string(), z.array(z.number())),
  pairs: z
    .array(
      z.strictObject({
        markets: z.tuple([z.string(), z.string()]),
        entities: z.number().int(),
        same: z.number(),
        chance: z.number(),
      }),
    )
    .optional(),
  examples: z
    .array(
      z.strictObject({
        code: z.number().int(),
        clients: z.record(
          z.string(),
          z.strictObject({ entities: z.number().int(), examples: z.array(example) }),
        ),
      }),
    )
    .optional()
    .describe("items of the codes that most clients share"),
});

const release = z.strictObject({
  client: z.string(),
  entity,
  count: z.number().int().describe("releases of this client about this kind of entity"),
  mechanism: z.literal("gaussian"),
  sensitivity: z.number(),
  noiseMultiplier: z.number(),
  delta: z.number(),
  epsilon: z.number().describe("of all of them together"),
});

/** What of a method's settings its page words; the rest stands in the experiment. */
export const codebookSettings = z.object({
  codes: z.number().int(),
  width: z.number().int(),
  aggregation: z.enum(["usage", "samples", "sums"]),
  minimumCount: z.number().int(),
  privacy: z.object({ clipNorm: z.number() }).optional(),
});

/** `codebooks.json` of a run folder, version 1: what the report shows of the first seed. */
export const codebookPages = z.strictObject({
  schema: z.literal("atoll/codebooks/v1"),
  seed: z.number().int(),
  methods: z.record(
    z.string(),
    z.strictObject({
      entities: z.partialRecord(entity, entityPage),
      releases: z.array(release),
      settings: codebookSettings.optional(),
    }),
  ),
});

export type CodebookResult = z.infer<typeof codebookResult>;
export type CodebookPages = z.infer<typeof codebookPages>;
