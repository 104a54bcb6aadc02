import { z } from "zod";
import { fcfServer, fcfSettings, fcfUsers } from "../../models/federated-recommenders/index.ts";
import { userClientsSettings, userClientsStages } from "../stages/user-clients.ts";
import { method } from "../types.ts";

/**
 * Federated collaborative filtering: Ammad-ud-din et al. 2019, arXiv 1901.09888. Users of all domains factorise
 * one matrix with the items of all domains.
 */
export const fcf = method({
  config: z.strictObject({ kind: z.literal("fcf"), ...fcfSettings, ...userClientsSettings }),
  summary:
    "Each user solves for its own factor at home and sends gradients of the item factors, along which the server takes Adam steps (Ammad-ud-din et al. 2019); uncalibrated.",
  role: "federated",
  parties: "population",
  trainsModel: false,
  travels: () => "gradients of the items' vectors; each user's own vector stays with the user",
  stages: (config, settings) =>
    userClientsStages(settings, {
      ...config,
      server: fcfServer(config),
      users: (choices) => fcfUsers(choices, config),
      reveals: "gradients of all items, of which the user's own stand out",
    }),
});
