import { z } from "zod";
import { evaluateStage } from "../stages/evaluate.ts";
import { method } from "../types.ts";
import { fedmmAugmentation } from "./channels/augmentation.ts";
import { trainPerPartStage } from "./channels/per-part.ts";
import { codebookStage } from "./codebook/codebook.ts";
import { collaborativeVectorsStage } from "./collaborative/collaborative.ts";
import {
  alignmentConfig,
  channelsConfig,
  codebooksConfig,
  collaborativeConfig,
  type FedMmConfig,
} from "./config.ts";

const { tables, scores } = channelsConfig.shape;

/** The parts of `fedmm` that are not about who sends what to whom. */
const centralisedCodesConfig = z.strictObject({
  kind: z.literal("centralised-codes"),
  collaborative: collaborativeConfig
    .omit({ from: true })
    .prefault({})
    .describe("what learns one set of vectors from everybody's training positives"),
  alignment: alignmentConfig
    .pick({ distribution: true, text: true })
    .prefault({})
    .describe("what the quantiser reads beside the vectors, and how"),
  codebooks: codebooksConfig
    .prefault({})
    .describe("the quantiser of all vectors; of one party, a global level is as a local one"),
  channels: z
    .strictObject({
      tables,
      head: z
        .enum(["none", "local"])
        .default("local")
        .describe("whether each market's click model has a head that global codes condition"),
      scores: scores
        .unwrap()
        .default("none")
        .describe("the pooled collaborative score of a row's user and item as a numeric feature"),
    })
    .prefault({})
    .describe("how codes reach each market's click model"),
});

/**
 * The codes of `fedmm` as a party that holds all rows would make them: one collaborative model, one
 * quantiser, and then a click model per market, on that market's rows alone. Beside `fedmm` with the same
 * channels it tells what is lost because markets learn vectors and codes apart. Items of several markets
 * are one item only where `data.common` has `item`; users are each market's own.
 */
export const centralisedCodes = method({
  config: centralisedCodesConfig,
  summary:
    "Vectors and codes of fedmm from the pooled rows of all clients, then one click model per client: an upper reference, not a federation.",
  role: "reference",
  parties: "pooled",
  trainsModel: true,
  stages: (config, settings) => {
    const own = pooledFedMm(config);
    return [
      collaborativeVectorsStage(settings, own),
      codebookStage(settings, own),
      trainPerPartStage(settings, fedmmAugmentation(own)),
      evaluateStage(settings),
    ];
  },
});

export type CentralisedCodesConfig = z.infer<typeof centralisedCodesConfig>;

/** As settings of the stages that it has in common with `fedmm`; nothing is federated. */
export function pooledFedMm({ kind, ...own }: CentralisedCodesConfig): FedMmConfig {
  return {
    ...own,
    kind,
    alignment: { ...own.alignment, initialisation: "common", share: "codebook", anchors: false },
    channels: { ...own.channels, codes: true, embeddings: "local", dense: "local" },
    score: "model",
  };
}
