import { method } from "../types.ts";
import { augmentationJob } from "./augmentation-job.ts";
import { centralisedFedcctrConfig, withAugmentation } from "./config.ts";
import { centralisedStages } from "./centralised-stages.ts";
import { idstClConfig, populationModel } from "./settings.ts";

/** What fedcctr trains, in one place: what federating costs is told against it. */
export const centralisedFedcctr = method({
  config: centralisedFedcctrConfig,
  summary:
    "The model of fedcctr trained on everybody's sequences in one place, by minibatches of users: an upper reference, not a federation.",
  role: "reference",
  parties: "pooled",
  trainsModel: false,
  augments: (entry, settings) =>
    augmentationJob(withAugmentation(entry, settings), settings, { party: "pooled" }),
  stages: (entry, settings) => {
    const config = withAugmentation(entry, settings);
    return centralisedStages(settings, config, populationModel(idstClConfig(config)));
  },
});
