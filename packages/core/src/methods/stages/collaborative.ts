import { z } from "zod";
import type { Stage, StageClient } from "../../federation/stage.ts";
import type { Positives, Recommender } from "../../models/collaborative/index.ts";
import type { MethodSettings } from "../types.ts";
import { collaborativeData } from "./collaborative-data.ts";
import { storeRecommender, type RecommenderConfig } from "./kept-recommender.ts";
import { askOnce } from "./single-request.ts";

/** What a collaborative method without passes is: its settings, and its fit. */
export interface ClosedForm {
  readonly config: RecommenderConfig;
  readonly fit: (positives: Positives, signal?: AbortSignal) => Promise<Recommender>;
}

/**
 * Every client fits a model in one go, on its own training positives, and leaves a scorer. The fit is a
 * function of these rows alone, so a resumed run repeats it, when the first row is scored.
 */
export function collaborativeStage(settings: MethodSettings, { config, fit }: ClosedForm): Stage {
  const empty = z.strictObject({});
  return {
    name: "fit",
    messages: {
      fit: {
        arrays: {},
        metadata: empty,
        purpose: "asks the client to fit on its own rows",
        answeredBy: ["fitted"],
      },
      fitted: { arrays: {}, metadata: empty, purpose: "says that it did" },
    },
    server: (context) => askOnce(context, "fit", "fit"),
    client: async (context): Promise<StageClient> => {
      const { data, encoder, positives, scorerOf } = collaborativeData(
        context,
        settings,
        config.kind,
      );
      let recommender: Promise<Recommender> | undefined;
      const fitted = (signal?: AbortSignal) => (recommender ??= fit(positives, signal));
      const serve = () => {
        context.memory.data = data;
        context.memory.scorer = {
          score: async (examples, part) => {
            const ready = await fitted();
            return scorerOf(() => ready).score(examples, part);
          },
        };
      };
      return {
        handle: async (request, signal) => {
          await fitted(signal);
          const remembered = { kind: "positives" as const, positives };
          await storeRecommender(context, { config, data, encoder, remembered });
          serve();
          return {
            kind: "fitted",
            stage: "fit",
            round: request.round,
            arrays: {},
            metadata: {},
          };
        },
        save: () => ({ arrays: {}, metadata: {} }),
        load: serve,
        close: async () => {},
      };
    },
  };
}
