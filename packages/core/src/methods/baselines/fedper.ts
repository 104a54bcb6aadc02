import { z } from "zod";
import { strategies } from "../../federation/index.ts";
import { federatedStages } from "../stages/federated.ts";
import { method } from "../types.ts";
import { checkHead, isHead, lacksHead } from "./personal-head.ts";

export const headNormalisation = z
  .enum(["federated", "local"])
  .default("federated")
  .describe(
    "scale, shift and running statistics of the body's normalisation layers; local: they stay at home, as those of the head do",
  );

/**
 * FedPer: Arivazhagan et al. 2019, arXiv 1912.00818, algorithms 1 and 2. The base layers are averaged by
 * training rows, the personalisation layers, here the towers of tasks and their gates (of a model of one
 * task its last layer), never leave a client; every pass trains both.
 */
export const fedper = method({
  config: z.strictObject({ kind: z.literal("fedper"), normalisation: headNormalisation }),
  summary:
    "FedAvg of all but the towers and gates of tasks, which each client keeps to itself (Arivazhagan et al. 2019).",
  role: "federated",
  parties: "clients",
  trainsModel: true,
  lacking: lacksHead,
  stages: (config, settings) => {
    checkHead(config.kind, settings);
    return federatedStages(settings, {
      kind: "federated",
      server: { kind: "one-for-all", strategy: strategies.fedavg() },
      normalisation: config.normalisation,
      parts: (spec) => !isHead(spec),
    });
  },
});
