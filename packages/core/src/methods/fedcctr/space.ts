import { crossDomainLayout } from "../../models/cross-domain/index.ts";
import { learnedSpace, type LearnedVector } from "../../training/population/index.ts";
import type { FedcctrSettings } from "./config.ts";
import {
  requestModeOf,
  requestWeightsOf,
  sizesOf,
  tablesOf,
  type Catalogue,
  type PopulationModel,
  type PopulationSettings,
} from "./settings.ts";

/** Where everything that is learned lies: what parties and the server agree on without a message. */
export function spaceOf(
  config: PopulationSettings,
  { model }: Pick<PopulationModel, "model">,
  {
    catalogue,
    federate = "all",
  }: { readonly catalogue: Catalogue; readonly federate?: FedcctrSettings["federate"] },
): Omit<LearnedVector, "values"> {
  const learnedRequest = requestModeOf(config) === "learned" ? requestWeightsOf(config) : undefined;
  const layout = crossDomainLayout(model, sizesOf(config, catalogue), {
    ...(learnedRequest && { learnedRequest }),
  });
  return learnedSpace(layout, tablesOf(config, federate, catalogue));
}
