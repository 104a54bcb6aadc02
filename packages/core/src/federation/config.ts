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
  cohort: z
    .enum(["fixed", "poisson"])
    .default("fixed")
    .describe(
      "fixed: clientsPerRound distinct clients; poisson: each client by itself with probability clientsPerRound / clients, so that cohorts vary in size and may be empty",
    ),
  shared: z
    .array(z.string())
    .default([])
    .describe(
      "categorical features whose embedding rows may be federated; their values must mean the same everywhere (data.common), and travel once as a vocabulary",
    ),
  federatedEmbeddings: z
    .enum(["off", "mean", "count-weighted"])
    .default("mean")
    .describe(
      "how rows of `shared` features are joined, for every federated method of the experiment alike: off, they stay at home; mean, by the clients' training rows; count-weighted, row by row by how many of them hold the value, which clients then say",
    ),
});

export type FederationConfig = z.infer<typeof federationConfig>;

/** Whether any embedding rows are federated. */
export function tablesTravel({ shared, federatedEmbeddings }: FederationConfig): boolean {
  return shared.length > 0 && federatedEmbeddings !== "off";
}
