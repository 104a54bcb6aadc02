import { tablesTravel } from "../../federation/index.ts";
import type { Stage } from "../../federation/stage.ts";
import type { Augmentation } from "./augmentation.ts";
import type { MethodSettings } from "../types.ts";
import { evaluateStage } from "./evaluate.ts";
import { trainStage, type Federated } from "./train.ts";
import { vocabularyStage } from "./vocabulary.ts";

/** Agree on the shared vocabularies (if any), train in rounds, measure. */
export function federatedStages(
  settings: MethodSettings,
  sharing: Federated,
  augmentation?: Augmentation,
): readonly Stage[] {
  return [
    ...(tablesTravel(settings.federation) ? [vocabularyStage(settings)] : []),
    trainStage(settings, sharing, augmentation),
    evaluateStage(settings),
  ];
}
