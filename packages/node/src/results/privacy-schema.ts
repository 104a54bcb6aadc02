import { z } from "zod";

/** JSON has no infinity: a promise of nothing is said in a word. */
const epsilon = z.union([z.number().nonnegative(), z.literal("infinity")]);

const spent = {
  epsilon: epsilon.describe("what counts against the budget, at the method's delta"),
  unamplified: epsilon
    .optional()
    .describe("of the same releases against whoever sees which units took part (q = 1)"),
  amplified: epsilon
    .optional()
    .describe("what the formula for sampling gives for them, where `epsilon` is not amplified"),
};

const account = z.strictObject({
  ...spent,
  releases: z.number().int().describe("made by this training, of the seed with most of them"),
  clients: z
    .number()
    .int()
    .optional()
    .describe("accounts of single clients, of which this is the one that has spent most"),
  byRound: z
    .array(z.strictObject({ stage: z.string(), round: z.number().int(), ...spent }))
    .describe(
      "what the account had spent after each round with a release; the greatest over seeds",
    ),
});

/** What a method's releases promise. Over seeds, always the greatest epsilon. */
export const privacyResult = z.strictObject({
  kind: z
    .enum(["dp-sgd", "central", "local", "distributed", "own"])
    .describe("as in the experiment's privacy; own: by settings that only this method has"),
  unit: z
    .enum(["example", "user", "client", "vector"])
    .describe("what one neighbouring dataset has more or less"),
  adjacency: z.enum(["add-remove", "replace"]),
  delta: z.number(),
  accountant: z.enum(["rdp", "zcdp", "pld"]),
  cap: z
    .number()
    .optional()
    .describe("most that an account may spend; the greatest, where accounts differ"),
  accounts: z
    .record(z.string(), account)
    .describe(
      "by party: a client, `server` where the server adds the noise, or who holds all rows",
    ),
  allClients: z
    .strictObject({
      epsilon,
      delta: z.number(),
      users: z.enum(["overlapping", "disjoint"]),
    })
    .optional()
    .describe("for one user whose rows may lie with several clients; of unit user alone"),
  weakest: z.string().describe("the account that `words` are about: the one that promises least"),
  released: z
    .array(z.strictObject({ stage: z.string(), what: z.string(), releases: z.number().int() }))
    .describe("what left, of that account"),
  words: z.array(z.string()).describe("what its numbers mean"),
  notCovered: z.array(z.string()).describe("what no account counts"),
});

export type PrivacyResult = z.infer<typeof privacyResult>;
