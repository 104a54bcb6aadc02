import {
  augmentUsers,
  heuristicAugmenter,
  type UserAugmentation,
} from "../../augmentation/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import { streamOf } from "../../random/index.ts";
import { textIndex } from "../../request/index.ts";
import { promises } from "../stages/privacy/answers.ts";
import type { MethodSettings } from "../types.ts";
import type { People } from "./people.ts";
import type { PopulationSettings } from "./settings.ts";

/**
 * What augmentation adds to every user, by the settings; undefined where they ask for none. Popularity among
 * users would tell of them: under a promise candidates are drawn uniformly. A silo sees its users in its own domain alone.
 */
export async function augmentationOf(
  context: ClientContext,
  { privacy }: MethodSettings,
  { augmentation, request }: PopulationSettings,
  { people: { population, events }, silos }: { readonly people: People; readonly silos: boolean },
): Promise<UserAugmentation | undefined> {
  if (augmentation.kind === "none") return undefined;
  const { candidates, liked, disliked } = augmentation;
  const { itemIds, itemText } = population;
  const popularity = new Float64Array(itemIds.length);
  if (promises(privacy)) popularity.fill(1);
  else for (const item of events.item) popularity[item]! += 1;
  return augmentUsers(population, events, {
    augmenter: heuristicAugmenter({
      text: itemText && textIndex(itemText),
      popularity,
      liked,
      disliked,
      decay: request.decay,
    }),
    candidates,
    popularity,
    acrossDomains: !silos,
    streamOf: (user, domain) => streamOf(context.seed, "augmentation", user, domain),
    onProgress: (share) => context.onProgress?.({ work: "encoding", share }),
  });
}
