import { AtollError } from "../../errors/index.ts";
import type { Stage } from "../../federation/stage.ts";
import { evaluateStage } from "../stages/evaluate.ts";
import { method, type MethodSettings } from "../types.ts";
import { augmentationJob } from "./augmentation-job.ts";
import { clientsOf } from "./clients.ts";
import { fedcctrConfig, stepAtHome, withAugmentation, type FedcctrSettings } from "./config.ts";
import { countsStage } from "./counts.ts";
import { enrolStage } from "./enrol.ts";
import { idstClConfig, populationModel, type PopulationModel } from "./settings.ts";
import { trainMessages } from "./train-messages.ts";
import { trainServer } from "./train-server.ts";
import { trainSimulation } from "./train-simulation.ts";

const TRAVELLING: Readonly<Record<FedcctrSettings["federate"], string>> = {
  all: "encoders, heads and the vectors of items",
  encoders: "encoders and heads; vectors of items are public",
  "encoders-and-codes": "encoders, heads and the codes of items, no vector of a single item",
};

/** Cross-domain recommendation by users who each hold their own histories: FedCCTR-LM. */
export const fedcctr = method({
  config: fedcctrConfig,
  summary:
    "Transformers over each user's histories in all domains, trained by gradients of users who keep them (FedCCTR-LM, arXiv 2503.16875); user-clients are simulated.",
  role: "federated",
  parties: "population",
  trainsModel: false,
  travels: (config) => {
    const { clients, federate, request } = config;
    const whose = clients === "user" ? "user's" : clients === "silo" ? "domain's" : "cohort's";
    const counts = request.recency > 0 ? "; counts of what users chose, by item and time" : "";
    const what = stepAtHome(config) === undefined ? "gradients of" : "changes to";
    return `each ${whose} ${what} ${TRAVELLING[federate]}${counts}`;
  },
  shards: ({ shards }) => shards,
  privacy: ["central", "local", "distributed"],
  augments: (entry, settings) =>
    augmentationJob(withAugmentation(entry, settings), settings, { party: entry.clients }),
  stages: (entry, settings) => {
    const config = withAugmentation(entry, settings);
    checkTravelling(config);
    checkSteps(config);
    return [
      enrolStage(config),
      ...(config.request.recency > 0
        ? [countsStage(settings, config, { clientsOf: (context) => clientsOf(context, config) })]
        : []),
      trainStage(settings, config, populationModel(idstClConfig(config))),
      evaluateStage(settings),
    ];
  },
});

function trainStage(
  settings: MethodSettings,
  config: FedcctrSettings,
  model: PopulationModel,
): Stage {
  return {
    name: "train",
    rounds: () => settings.federation.rounds + 1,
    messages: trainMessages(settings, config),
    server: (context) => trainServer(context, settings, config, model),
    client: (context) => trainSimulation(context, settings, config, model),
  };
}

/** A user's few events are one step. */
function checkSteps({ clients, usersPerStep }: FedcctrSettings): void {
  if (clients === "user" && typeof usersPerStep === "number")
    throw new AtollError(
      "METHOD_CLIENTS",
      `usersPerStep is ${usersPerStep}, but a client is one user, whose events make one gradient; remove usersPerStep, or set clients to silo or { cohort: ${usersPerStep} }`,
    );
}

/** Everything that is learned travels: what should stay at home must not be learned. */
function checkTravelling({ federate, items: { vectors } }: FedcctrSettings): void {
  if (federate === "encoders" && vectors !== "public")
    throw new AtollError(
      "METHOD_FEDERATE",
      `federate is encoders, but items.vectors is ${vectors}: a table of items that no server joins would be learned from one user's few events; set items.vectors to public, or federate to all or encoders-and-codes`,
    );
  if (federate === "encoders-and-codes" && vectors === "public")
    throw new AtollError(
      "METHOD_FEDERATE",
      `federate is encoders-and-codes, but items.vectors is public: codes are what is learned of items beside public vectors; set items.vectors to public-and-learned or learned, or federate to encoders`,
    );
}
