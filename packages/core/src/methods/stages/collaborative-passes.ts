import { z } from "zod";
import type { Stage, StageClient } from "../../federation/stage.ts";
import type { Message } from "../../federation/types.ts";
import { factorRecommender } from "../../models/collaborative/index.ts";
import type { MethodSettings } from "../types.ts";
import { collaborativeData } from "./collaborative-data.ts";
import { collaborativeTraining, type ByPasses } from "./collaborative-training.ts";
import { exchangeOf } from "./exchange.ts";
import { storeRecommender, type RecommenderConfig } from "./kept-recommender.ts";
import { trainServer } from "./train-server.ts";
import { trainReply, type TrainReply } from "./train-reply.ts";

/** A method that is nothing but its vectors, with its settings. */
export interface VectorMethod extends ByPasses {
  readonly config: RecommenderConfig;
}

/**
 * Every client trains vectors of its users and items, alone. The passes are spread evenly over the
 * experiment's rounds: a client validates before each round and at the end, keeps its best vectors, and
 * stops when `training.patience` rounds brought no better ones. Between rounds a run can be stopped and
 * resumed.
 */
export function collaborativePassesStage(settings: MethodSettings, method: VectorMethod): Stage {
  const rounds = Math.min(settings.federation.rounds, method.epochs);
  const alone = { ...settings, federation: { ...settings.federation, rounds } };
  const empty = z.strictObject({});
  return {
    name: "train",
    rounds: () => rounds + 1,
    messages: {
      train: {
        arrays: {},
        metadata: empty,
        purpose: "asks for a round of passes",
        answeredBy: ["update"],
      },
      update: {
        arrays: {},
        metadata: trainReply,
        purpose: "row count, loss and validation value of the client's own model",
      },
      finish: {
        arrays: {},
        metadata: empty,
        purpose: "says that the rounds are over",
        answeredBy: ["finished"],
      },
      finished: {
        arrays: {},
        metadata: trainReply,
        purpose: "the validation value of the final state",
      },
    },
    server: (context) =>
      trainServer(context, alone, { kind: "alone" }, exchangeOf(alone, { kind: "alone" })),
    client: async (context): Promise<StageClient> => {
      const world = collaborativeData(context, settings, method.kind);
      const { data, encoder, positives, scorerOf } = world;
      const models = [{ positives, key: [] }];
      const own = collaborativeTraining(context, settings, { method, rounds, world, models });
      const serve = () => {
        context.memory.data = data;
        context.memory.scorer = scorerOf(() => factorRecommender(own.chosen()[0]!));
      };
      return {
        handle: async (request, signal) => {
          const valid = await own.consider(request.round);
          const stale = own.stale();
          const finished = own.finished();
          const reply = (kind: string, metadata: Partial<TrainReply>): Message => ({
            kind,
            stage: "train",
            round: request.round,
            arrays: {},
            metadata: { numExamples: positives.items.length, valid, stale, finished, ...metadata },
          });
          if (request.kind === "finish") {
            const factors = own.chosen()[0]!;
            const remembered = { kind: "factors" as const, factors, positives };
            const { config } = method;
            await storeRecommender(context, { config, data, encoder, remembered });
            serve();
            return reply("finished", { finished: true });
          }
          if (finished) return reply("update", {});
          return reply("update", { trainLoss: await own.train(request.round, signal) });
        },
        save: () => {
          const { arrays, metadata } = own.save();
          return {
            arrays,
            metadata: { ...metadata, serving: context.memory.scorer !== undefined },
          };
        },
        load: (state) => {
          own.load(state);
          if (state.metadata["serving"] === true) serve();
        },
        close: async () => {},
      };
    },
  };
}
