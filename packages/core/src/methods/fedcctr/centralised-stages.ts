import { z } from "zod";
import type { ServerContext, Stage, StageServer } from "../../federation/stage.ts";
import type { Message } from "../../federation/types.ts";
import { evaluateStage } from "../stages/evaluate.ts";
import type { MethodSettings } from "../types.ts";
import { centralisedClient, type CentralisedTraining } from "./centralised-client.ts";
import type { PopulationModel, PopulationSettings } from "./settings.ts";

/** What training a model of users in one place reads. */
export type CentralisedSettings = PopulationSettings & {
  /** Users of one step of the optimiser. */
  readonly usersPerStep: number;
};

/** What a party says of a round. */
export const passReply = z.strictObject({
  users: z.number().int().nonnegative().describe("users that were learned from, over all passes"),
  trainLoss: z.number().optional().describe("mean loss of a user in this round's passes"),
  terms: z.record(z.string(), z.number()).describe("its terms, weighted, by name"),
  valid: z
    .record(z.string(), z.number())
    .describe("validation metric of the state before this round's passes, by domain"),
  stale: z.number().int().nonnegative().describe("validations since the best one"),
  finished: z.boolean().describe("validation has not got better for long enough"),
});

export type PassReply = z.infer<typeof passReply>;

/** What is trained before the model itself, which starts from all that the two have in common, by name. */
export interface Pretraining {
  readonly method: PopulationModel;
  /** At most; validation ends it as it ends training. */
  readonly rounds: number;
}

/**
 * One model of everybody's sequences, trained in one place by minibatches of users, and its evaluation: what
 * any population method without a federation does. A round is `federation.localEpochs` passes.
 */
export function centralisedStages(
  settings: MethodSettings,
  config: CentralisedSettings,
  method: PopulationModel,
  pretraining?: Pretraining,
): readonly Stage[] {
  const { rounds } = settings.federation;
  const before = pretraining && { name: "pretrain", startOf: "train", ...pretraining };
  return [
    ...(before ? [trainingStage(settings, config, before)] : []),
    trainingStage(settings, config, {
      name: "train",
      method,
      rounds,
      hasStart: before !== undefined,
    }),
    evaluateStage(settings),
  ];
}

/** Trains in one place, until validation or the number of rounds ends it. */
function trainingStage(
  settings: MethodSettings,
  config: CentralisedSettings,
  { rounds, ...training }: CentralisedTraining & Pick<Pretraining, "rounds">,
): Stage {
  const { name } = training;
  const empty = z.strictObject({});
  return {
    name,
    rounds: () => rounds + 1,
    messages: {
      train: {
        arrays: {},
        metadata: empty,
        purpose: "asks for the next passes",
        answeredBy: ["trained"],
      },
      trained: { arrays: {}, metadata: passReply, purpose: "says how they went" },
      finish: {
        arrays: {},
        metadata: empty,
        purpose: "says that training is over",
        answeredBy: ["finished"],
      },
      finished: { arrays: {}, metadata: passReply, purpose: "says how the final state does" },
    },
    server: (context) => roundsOf(context, name, rounds),
    client: (context) => centralisedClient(context, settings, config, training),
  };
}

/** Asks for round after round until they are used up or the party has finished. */
function roundsOf({ clients }: ServerContext, stage: string, rounds: number): StageServer {
  let round = 0;
  let phase: "training" | "finishing" | "over" = "training";
  return {
    next: () => {
      if (phase === "over") return undefined;
      if (round === rounds) phase = "finishing";
      const kind = phase === "finishing" ? "finish" : "train";
      const request: Message = { kind, stage, round, arrays: {}, metadata: {} };
      return new Map(clients.map((client) => [client, request]));
    },
    receive: (replies) => {
      if (phase === "finishing") {
        phase = "over";
        return;
      }
      round += 1;
      if ([...replies.values()].every(({ metadata }) => metadata["finished"] === true))
        phase = "finishing";
    },
    save: () => ({ arrays: {}, metadata: { round, phase } }),
    load: ({ metadata }) => {
      round = metadata["round"] as number;
      phase = metadata["phase"] as typeof phase;
    },
  };
}
