import { z } from "zod";
import { p2fcdrSettings } from "../../models/federated-recommenders/index.ts";
import { domainStages } from "../stages/domain-rounds.ts";
import { method } from "../types.ts";
import { p2fcdrClient } from "./p2fcdr-client.ts";
import { p2fcdrServer } from "./p2fcdr-server.ts";

/**
 * P2FCDR: Chen et al. 2023 (AAAI, "Win-Win"). Two domains, each a client with a model of its own; what
 * `p2fcdrTraining` learns is said there. Once a round, each sends its users' vectors mapped into the other's
 * space with Laplace noise. The authors' code exchanges them with every batch; noise on vectors of any
 * length promises nothing in the sense of differential privacy.
 */
export const p2fcdr = method({
  config: z.strictObject({ kind: z.literal("p2fcdr"), ...p2fcdrSettings }),
  summary:
    "Two domains send each other their users' vectors through an orthogonal mapping, with noise, and mix them with their own by a gate (P2FCDR, Chen et al. 2023).",
  role: "federated",
  parties: "clients",
  trainsModel: false,
  travels: () =>
    "vectors of common users through an orthogonal mapping, with noise; all else stays with its domain",
  stages: (config, settings) =>
    domainStages(settings, {
      down: {
        arrays: {
          mapping: "the mapping between the two domains' spaces, a mean of theirs",
          states:
            "by the client's own users, the other domain's vector of the user, mapped and with noise",
          known: "which of the client's users the other domain has, too",
        },
        purpose: "what a round of passes starts from; vectors are absent in the first round",
      },
      up: {
        arrays: {
          mapping: "the mapping as the client's choices taught it",
          users:
            "hashes of the client's user ids: they tell the server which users both domains have, and whoever guesses an id can check it",
          states:
            "one vector for each user, learned from its choices, mapped and with Laplace noise: personal data of that user",
        },
        purpose: "what the other domain is to know of the client's users",
      },
      last: "the last mapping and vectors; says that the rounds are over",
      server: (context) => p2fcdrServer(context, settings, config),
      client: (context) => p2fcdrClient(context, settings, config),
    }),
});
