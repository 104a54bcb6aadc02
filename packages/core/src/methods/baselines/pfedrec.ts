import { z } from "zod";
import {
  pfedrecServer,
  pfedrecSettings,
  pfedrecUsers,
} from "../../models/federated-recommenders/index.ts";
import { userClientsSettings, userClientsStages } from "../stages/user-clients.ts";
import { method } from "../types.ts";

/**
 * PFedRec: Zhang et al. 2023, arXiv 2301.08143. `federation.localEpochs` are the passes of a user; its score
 * function keeps what they taught it from round to round.
 */
export const pfedrec = method({
  config: z.strictObject({
    kind: z.literal("pfedrec"),
    ...pfedrecSettings,
    ...userClientsSettings,
  }),
  summary:
    "Each user keeps a score function of its own and tunes the item vectors that all users share, of which the server takes the mean (PFedRec, Zhang et al. 2023).",
  role: "federated",
  parties: "population",
  trainsModel: false,
  travels: () => "the items' vectors; each user's score function stays with the user",
  stages: (config, settings) =>
    userClientsStages(settings, {
      ...config,
      server: pfedrecServer(config),
      users: (choices, seed) =>
        pfedrecUsers(choices, {
          ...config,
          seed,
          localEpochs: settings.federation.localEpochs,
        }),
      reveals: "what the vectors of the user's own items, and of its negatives, moved by",
    }),
});
