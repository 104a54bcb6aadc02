import { z } from "zod";
import type { Stage } from "../../federation/stage.ts";
import { feddcsrSettings } from "../../models/federated-recommenders/index.ts";
import { evaluateStage } from "../stages/evaluate.ts";
import { trainReply } from "../stages/train-reply.ts";
import { method } from "../types.ts";
import { feddcsrClient } from "./feddcsr-client.ts";
import { feddcsrServer } from "./feddcsr-server.ts";

const nothing = z.strictObject({});
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
  stages: (config, settings): readonly Stage[] => [
    {
      name: "train",
      rounds: () => settings.federation.rounds + 1,
      messages: {
        train: {
          arrays: { shared, states },
          metadata: nothing,
          purpose: "what a round of passes starts from; states are absent in the first round",
        },
        update: {
          arrays: {
            shared: "parameters of the shared encoder: what the client's sequences taught it",
            users:
              "hashes of the client's user ids: they tell the server which users are in several domains, and whoever guesses an id can check it",
            states:
              "one vector for each user, the shared representation of its sequence: personal data of that user",
          },
          metadata: trainReply,
          purpose: "what the client learned of the part that domains share",
        },
        finish: {
          arrays: { shared, states },
          metadata: nothing,
          purpose: "the last shared encoder; says that the rounds are over",
        },
        finished: {
          arrays: {},
          metadata: trainReply,
          purpose: "the validation value of the final state",
        },
      },
      server: (context) => feddcsrServer(context, settings, config),
      client: (context) => feddcsrClient(context, settings, config),
    },
    evaluateStage(settings),
  ],
});
