import { z } from "zod";
import type { Stage } from "../../federation/stage.ts";
import type {
  Choices,
  SharedVectors,
  SimulatedUsers,
} from "../../models/federated-recommenders/index.ts";
import type { MethodSettings } from "../types.ts";
import { catalogueStage } from "./catalogue.ts";
import { evaluateStage } from "./evaluate.ts";
import { trainReply } from "./train-reply.ts";
import { userClientsParty } from "./user-clients-party.ts";
import { userClientsServer } from "./user-clients-server.ts";

const count = z.number().int().positive();

/** What methods whose clients are single users have in common. */
export const userClientsSettings = {
  sampling: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe("each user takes part in a round by itself with this probability"),
  validateEvery: count.default(1).describe("rounds from validation to validation"),
};

/** A method whose clients are single users with shared item vectors. */
export interface UserClientsMethod {
  readonly sampling: number;
  readonly validateEvery: number;
  readonly server: SharedVectors;
  readonly users: (choices: Choices, seed: number) => SimulatedUsers;
  /** What a user's answer reveals of the user. */
  readonly reveals: string;
}

export const userClientsReply = trainReply.extend({
  clients: z.number().int().nonnegative().describe("users that answered"),
  clientBytes: z
    .strictObject({ up: z.number().int(), down: z.number().int() })
    .describe("what one user sends and receives in a round"),
});

export type UserClientsReply = z.infer<typeof userClientsReply>;

/**
 * Rounds of users who share item vectors, simulated by one party that holds all splits. What crosses the
 * wire is what crosses it in a deployment with secure aggregation: vectors down, the sum of the users'
 * answers up. The party validates what it receives, keeps the best state (`training.select`), and ends the
 * rounds after `training.patience` validations in vain. Results are by domain.
 */
export function userClientsStages(
  settings: MethodSettings,
  method: UserClientsMethod,
): readonly Stage[] {
  const { rounds } = settings.federation;
  const items = "vectors of all items, learned from all users so far";
  const train: Stage = {
    name: "train",
    rounds: () => rounds + 1,
    messages: {
      train: {
        arrays: { items },
        metadata: z.strictObject({}),
        purpose: "the item vectors that this round's users start from",
        answeredBy: ["update"],
      },
      update: {
        arrays: { sum: `the sum over this round's users of: ${method.reveals}` },
        metadata: userClientsReply,
        purpose:
          "what the round's users learned, summed as by secure aggregation, with their number, mean loss and the validation values of what they received",
      },
      finish: {
        arrays: { items },
        metadata: z.strictObject({}),
        purpose: "the last item vectors; says that the rounds are over",
        answeredBy: ["finished"],
      },
      finished: {
        arrays: {},
        metadata: userClientsReply,
        purpose: "the validation values of the last state",
      },
    },
    server: (context) => userClientsServer(context, settings, method),
    client: (context) => userClientsParty(context, settings, method),
  };
  return [catalogueStage(), train, evaluateStage(settings)];
}
