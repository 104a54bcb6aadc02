import { z } from "zod";

const matrices = z
  .array(
    z.strictObject({
      round: z.number().int(),
      seeds: z
        .number()
        .int()
        .describe("seeds that reached the round: the entries are means over them"),
      rows: z
        .array(z.array(z.number().nullable()))
        .describe("rows and columns as `clients`; null where no seed's round had both"),
    }),
  )
  .describe("round by round");

const numbers = z.array(
  z.strictObject({
    round: z.number().int(),
    seeds: z.number().int(),
    values: z.array(z.number().nullable()).describe("as `clients`"),
  }),
);

/** What a method's coordinator saw of the clients' updates, means over seeds, to four decimals. */
export const coordinationResult = z.strictObject({
  clients: z.array(z.string()).describe("whose rows and columns the matrices have"),
  cosines: z
    .record(z.string(), matrices)
    .optional()
    .describe("by part of the model: cosines of the clients' updates"),
  weights: z
    .record(z.string(), matrices)
    .optional()
    .describe("by part: row k holds the weights of all clients in what client k receives"),
  mixing: z
    .record(z.string(), numbers)
    .optional()
    .describe("by part: each client's mixing weight of the common direction"),
});

export type CoordinationResult = z.infer<typeof coordinationResult>;

/** How the gates of a mixture of experts choose, on validation rows, of the first seed. */
export const gatesResult = z.strictObject({
  seed: z.number().int().describe("experts of different seeds are not the same: one seed is told"),
  tasks: z.array(z.string()),
  clients: z
    .record(z.string(), z.array(z.array(z.number())))
    .describe("[task][expert]: the expert's mean share in what the task's tower reads"),
});

export type GatesResult = z.infer<typeof gatesResult>;
