import { z } from "zod";
import { strategies } from "../../federation/index.ts";
import { aggregating } from "../aggregating.ts";

/** Federated averaging: McMahan et al. 2017, arXiv 1602.05629. */
export const fedavg = aggregating({
  config: z.strictObject({ kind: z.literal("fedavg") }),
  summary:
    "Sample-weighted mean of the clients' dense parameters and shared tables (McMahan et al. 2017).",
  privacy: ["dp-sgd", "central", "local", "distributed"],
  strategy: () => strategies.fedavg(),
});
