import { z } from "zod";
import { feddcsrSettings } from "../../models/federated-recommenders/index.ts";
import { domainStages } from "../stages/domain-rounds.ts";
import { method } from "../types.ts";
import { feddcsrClient } from "./feddcsr-client.ts";
import { feddcsrServer } from "./feddcsr-server.ts";

const shared = "parameters of the shared encoder, a mean over domains";
const states = "by the client's own users, the mean over domains of their shared representations";

/**
 * FedDCSR: Zhang et al. 2024, arXiv 2309.08420. Each domain is a client with its own users' sequences. What
 * `feddcsr` learns is said there; here, the server averages the shared encoders and, user by user, the
 * shared representations, both by training sequences. As published, domains must know which users they
 * have in common, and a user's representation is shown to the server.
 */
export const feddcsrMethod = method({
  config: z.strictObject({ kind: z.literal("feddcsr"), ...feddcsrSettings }),
  summary:
    "Each domain splits its users' sequences into a shared representation, whose encoder and whose values by user the server averages, and an exclusive one that stays at home (FedDCSR, Zhang et al. 2024).",
  role: "federated",
  parties: "clients",
  trainsModel: false,
  travels: () =>
    "the shared encoder and shared representations by user; the exclusive ones stay with their domain",
  stages: (config, settings) =>
    domainStages(settings, {
      down: {
        arrays: { shared, states },
        purpose: "what a round of passes starts from; states are absent in the first round",
      },
      up: {
        arrays: {
          shared: "parameters of the shared encoder: what the client's sequences taught it",
          users:
            "hashes of the client's user ids: they tell the server which users are in several domains, and whoever guesses an id can check it",
          states:
            "one vector for each user, the shared representation of its sequence: personal data of that user",
        },
        purpose: "what the client learned of the part that domains share",
      },
      last: "the last shared encoder; says that the rounds are over",
      server: (context) => feddcsrServer(context, settings, config),
      client: (context) => feddcsrClient(context, settings, config),
    }),
});
