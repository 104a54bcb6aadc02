import { z } from "zod";

/** The rounds. Local and centralised training make the same number of passes: rounds x localEpochs. */
export const federationConfig = z.strictObject({
  rounds: z.number().int().positive().default(20).describe("largest number of rounds"),
  localEpochs: z
    .number()
    .int()
    .positive()
    .default(1)
    .describe("passes over a client's rows per round"),
  clientsPerRound: z
    .union([z.literal("all"), z.number().int().positive()])
    .default("all")
    .describe("cohort size, drawn anew each round"),
  shared: z
    .array(z.string())
    .default([])
    .describe(
      "categorical features whose embedding rows are federated; their values must mean the same everywhere (data.common), and travel once as a vocabulary",
    ),
});

export type FederationConfig = z.infer<typeof federationConfig>;
