import { z } from "zod";

const share = z.number().min(0).max(1);

const estimate = z.strictObject({ value: share, low: share, high: share });

/** What `membershipOf` says, with the curve. */
const membership = z.strictObject({
  members: z.number().int().describe("training rows that were attacked"),
  nonMembers: z.number().int().describe("rows of the test split"),
  auc: estimate.describe(
    "of a training row scoring higher than a test row, with DeLong's interval",
  ),
  accuracy: estimate.describe(
    "mean of the shares told right of either kind; threshold chosen on one half, measured on the other",
  ),
  tprAt: z
    .array(estimate.extend({ fpr: share }))
    .describe("true positives at so many false ones, with Clopper and Pearson's interval"),
  epsilon: z
    .number()
    .nonnegative()
    .describe("lower bound of epsilon, were rows judged one by one: an indication, no proof"),
  roc: z.array(z.tuple([share, share])).describe("points of the curve: false and true positives"),
});

const promised = z.union([z.number().nonnegative(), z.literal("infinity")]);

const claim = z.strictObject({
  epsilon: promised,
  delta: z.number(),
  unit: z.enum(["example", "user", "client", "vector"]),
  covers: z
    .boolean()
    .describe("whether the promise is about rows in the party's own model, which was attacked"),
});

const canaries = z.strictObject({
  canaries: z.number().int().describe("made-up rows, each trained on with a chance of one half"),
  trainedOn: z.number().int(),
  guesses: z.number().int(),
  correct: z.number().int(),
  delta: z.number(),
  promised: promised
    .optional()
    .describe("what the account of the training among canaries says itself"),
  auc: estimate,
  epsilon: z
    .number()
    .nonnegative()
    .describe("lower bound of epsilon, at 95 % for this party alone"),
  epsilonTogether: z
    .number()
    .nonnegative()
    .describe(
      "the same, at 95 % for all parties of the audit together: what promises are held against",
    ),
});

const leak = z.strictObject({
  auc: share.optional().describe("of a row that is held moving more than one that is not"),
  guessed: z.number().int(),
  precision: share.optional(),
  recall: share.optional(),
});

const items = z.strictObject({
  held: z.number().int().describe("values of the feature in the client's training rows"),
  notHeld: z.number().int(),
  withoutPrivacy: leak.describe("one update without the method's privacy"),
  asRun: leak.optional().describe("one update with it; absent where the method has none"),
});

const method = z.strictObject({
  kind: z.string(),
  privacy: z.enum(["none", "dp-sgd", "central", "local", "distributed"]),
  clients: z
    .record(
      z.string(),
      z.strictObject({ threshold: membership, likelihoodRatio: membership.optional() }),
    )
    .describe("membership of rows, by client"),
  parties: z
    .record(z.string(), z.strictObject({ claim: claim.optional(), canaries: canaries.optional() }))
    .describe("by who trained: a client, or who holds all rows"),
  items: z
    .record(z.string(), z.record(z.string(), items))
    .optional()
    .describe("by client and shared feature: which values one update gives away"),
  notes: z.array(z.string()).describe("attacks that were left out, and why"),
});

/** `audit.json`. */
export const auditResult = z.strictObject({
  schema: z.literal("atoll/audit/v1"),
  experiment: z.string(),
  seed: z.number().int().describe("of the audit's own draws"),
  runSeed: z.number().int().describe("the seed of the run whose models were attacked"),
  shadows: z.number().int(),
  methods: z.record(z.string(), method),
  notAttacked: z.record(z.string(), z.string()).describe("methods that were left out, and why"),
  exceeded: z
    .array(
      z.strictObject({
        method: z.string(),
        party: z.string(),
        bound: z.number(),
        claimed: z.number(),
      }),
    )
    .describe("promises that an attack refutes at 95 %"),
});

export type AuditResult = z.infer<typeof auditResult>;
export type AuditedMethod = z.infer<typeof method>;
export type MembershipResult = z.infer<typeof membership>;
export type CanaryResult = z.infer<typeof canaries>;
export type ItemResult = z.infer<typeof items>;
export type Claim = z.infer<typeof claim>;
