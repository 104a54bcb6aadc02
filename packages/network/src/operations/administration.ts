import { z } from "zod";
import { roundRulesSchema } from "../coordinator/rounds.ts";

/*
 * What operators ask of a server, and what it answers. Inputs are checked strictly; answers are read leniently, so
 * that a newer server may say more than an older command knows.
 */

const name = z.string().min(1).max(200);
const timeMs = z.number();
const count = z.number().int().nonnegative();
export const list = <Member extends z.ZodType>(member: Member) => z.array(member).readonly();

export const runSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(["waiting", "running", "done", "failed", "cancelled"]),
  reason: z.string().optional(),
  createdAtMs: timeMs,
  endedAtMs: timeMs.optional(),
  methods: list(z.string()),
  seeds: list(z.number()),
});
export type RunSummary = Readonly<z.infer<typeof runSummarySchema>>;

export const cellKeySchema = z.object({ run: z.string(), seed: z.number(), method: z.string() });

export const runDetailSchema = runSummarySchema.extend({
  /** Who takes part, and what each said to it. */
  clients: list(
    z.object({
      client: z.string(),
      state: z.enum(["asked", "accepted", "refused", "forgotten"]),
      code: z.string().optional(),
      reason: z.string().optional(),
    }),
  ),
  cells: list(
    z.object({
      cell: cellKeySchema,
      state: z.enum(["open", "done"]),
      rounds: count,
      /** The global model of a cell that is done, as a file of the server's machine; absent of methods without one. */
      model: z.object({ path: z.string(), sha256: z.string(), sizeBytes: count }).optional(),
    }),
  ),
  /** Requests that clients have not answered yet. */
  tasks: list(
    z.object({
      cell: cellKeySchema,
      client: z.string(),
      stage: z.string(),
      round: count,
      state: z.enum(["open", "leased", "answered", "dropped"]),
      openedAtMs: timeMs,
    }),
  ),
});
export type RunDetail = Readonly<z.infer<typeof runDetailSchema>>;

/** What the cells of a run came to, as the record has it; a table of results is made of it and of the lines. */
export const runResultsSchema = z.object({
  /** The resolved experiment. */
  experiment: z.record(z.string(), z.unknown()),
  /** Cells that are done. */
  cells: list(z.object({ cell: cellKeySchema, outcome: z.record(z.string(), z.unknown()) })),
  /** What clients say that they released under a promise. */
  accounts: list(z.object({ cell: cellKeySchema, client: z.string(), account: z.unknown() })),
});
export type RunResults = Readonly<z.infer<typeof runResultsSchema>>;

export const linesPageSchema = z.object({
  lines: list(z.object({ cell: cellKeySchema, line: z.string() })),
  /** Where the next page begins. */
  next: count,
  /** No line will be added after these. */
  isLast: z.boolean(),
});
export type LinesPage = Readonly<z.infer<typeof linesPageSchema>>;

export const submissionSchema = z.strictObject({
  experiment: z.record(z.string(), z.unknown()).describe("the resolved experiment"),
  clients: z.array(name).min(1).max(10_000).optional().describe("who takes part"),
  rounds: roundRulesSchema.prefault({}),
});
export type AdminSubmission = z.input<typeof submissionSchema>;

export const submittedSchema = z.object({
  id: z.string(),
  /** Methods that need everybody's rows in one place, and so do not run. */
  leftOut: list(z.string()),
});
export type Submitted = Readonly<z.infer<typeof submittedSchema>>;

export const clientSummarySchema = z.object({
  name: z.string(),
  enrolledAtMs: timeMs,
  revokedAtMs: timeMs.optional(),
  lastSeenMs: timeMs.optional(),
  software: z.string().optional(),
  certificates: list(z.object({ serial: z.string(), notAfterMs: timeMs })),
});
export type ClientSummary = Readonly<z.infer<typeof clientSummarySchema>>;

export const invitationRequestSchema = z.strictObject({
  client: name,
  validForMs: z
    .number()
    .int()
    .min(60_000)
    .max(30 * 86_400_000)
    .optional()
    .describe("how long it can be used"),
});
export type InvitationRequest = Readonly<z.infer<typeof invitationRequestSchema>>;

export const invitedSchema = z.object({
  client: z.string(),
  /** One line, a secret. */
  invitation: z.string(),
  expiresAtMs: timeMs,
});
export type Invited = Readonly<z.infer<typeof invitedSchema>>;

export const auditEntrySchema = z.object({
  number: count,
  atMs: timeMs,
  kind: z.string(),
  detail: z.string(),
  previous: z.string(),
  hash: z.string(),
});

/** A page of a list that grows: from which entry on, and at most how many. */
export const pageSchema = z.strictObject({
  from: z.coerce.number().int().nonnegative().default(0),
  most: z.coerce.number().int().min(1).max(10_000).default(1000),
});
export type Page = Readonly<z.infer<typeof pageSchema>>;

/** All that operators can do to a running server. Throws an AtollError to refuse. */
export interface Administration {
  readonly runs: () => Promise<readonly RunSummary[]>;
  readonly run: (id: string) => Promise<RunDetail | undefined>;
  readonly results: (id: string) => Promise<RunResults | undefined>;
  /** Lines of metrics, numbered from 0 in the order in which they came. */
  readonly lines: (run: string, page: Page) => Promise<LinesPage | undefined>;
  readonly submit: (submission: z.output<typeof submissionSchema>) => Promise<Submitted>;
  /** RUN_UNKNOWN; a run that has ended stays as it is. */
  readonly cancel: (run: string) => Promise<void>;
  readonly clients: () => Promise<readonly ClientSummary[]>;
  /** CLIENT_UNKNOWN. */
  readonly revoke: (client: string) => Promise<void>;
  readonly invite: (request: InvitationRequest) => Promise<Invited>;
  readonly audit: (page: Page) => Promise<readonly Readonly<z.infer<typeof auditEntrySchema>>[]>;
}
