import { tablesTravel } from "../../federation/index.ts";
import { evaluateStage } from "../stages/evaluate.ts";
import { trainStage } from "../stages/train.ts";
import { vocabularyStage } from "../stages/vocabulary.ts";
import { method, type MethodSettings } from "../types.ts";
import { anchorsStage } from "./anchors/anchors.ts";
import { fedmmAugmentation, hasCodeHead } from "./channels/augmentation.ts";
import { codebookStage } from "./codebook/codebook.ts";
import { collaborativeVectorsStage } from "./collaborative/collaborative.ts";
import { fedmmConfig, type FedMmConfig } from "./config.ts";
import { fedmmSharing } from "./channels/sharing.ts";

/**
 * Collaborative vectors per market, a residual quantiser whose first codebook is the federation's, and a
 * click model that reads codes and scores: Zhang et al. 2026, arXiv 2605.11433, as publicly described.
 */
export const fedmm = method({
  config: fedmmConfig,
  summary:
    "Each market quantises its collaborative vectors with a federated codebook; its click model reads the codes and out-of-fold scores (after FedMM, Zhang et al. 2026).",
  role: "federated",
  roleOf: (config) => (exchangesNothing(config) ? "baseline" : "federated"),
  parties: "clients",
  trainsModel: true,
  reads: ({ collaborative: { from } }) => (from === undefined ? [] : [from]),
  stages: (config, settings) => [
    // Vectors that are taken over were coupled where they were trained.
    ...(config.alignment.anchors && config.collaborative.from === undefined
      ? [anchorsStage(settings)]
      : []),
    collaborativeVectorsStage(settings, config),
    ...(config.score === "model" ? clickModel(config, settings) : []),
    evaluateStage(settings),
  ],
});

function quantises(config: FedMmConfig): boolean {
  return config.channels.codes || hasCodeHead(config);
}

/** Whether all that is learned stays in its market: vectors, codebooks and click model. */
function exchangesNothing(config: FedMmConfig): boolean {
  const { alignment, codebooks, score } = config;
  if (alignment.anchors) return false;
  if (score === "collaborative") return true;
  const sharesQuantiser =
    codebooks.levels.includes("global") || alignment.share === "codebook+network";
  return !(quantises(config) && sharesQuantiser) && fedmmSharing(config).kind === "alone";
}

function clickModel(config: FedMmConfig, settings: MethodSettings) {
  const { channels } = config;
  const hasShared = channels.dense === "federated" && tablesTravel(settings.federation);
  return [
    ...(quantises(config) ? [codebookStage(settings, config)] : []),
    ...(hasShared ? [vocabularyStage(settings)] : []),
    trainStage(settings, fedmmSharing(config), fedmmAugmentation(config)),
  ];
}
