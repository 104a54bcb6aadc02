import type { Population, TrainingEvents } from "../population/index.ts";
import { augmentedSize } from "./augmented-size.ts";
import { describeItems } from "./describe-items.ts";
import { lengthenSequences } from "./lengthen-sequences.ts";
import type {
  AugmentPopulationOptions,
  PopulationAugmentation,
} from "./population-augmentation.ts";
import { profileUsers } from "./profile-users.ts";

/**
 * Asks the augmenter what the settings' stages ask for: of every item that has a text, of every user that has
 * training events, of every such user in every domain. A user is seen through its own training events alone.
 * Held-out items of a user are left out of its candidates (`offeredCandidates`) and lead to nothing else.
 * Candidates follow from the settings' seed, the user's id and the domain's name, so that one user's do not
 * hang on who else there is. Throws a RangeError where the augmenter names an item that was not offered, one
 * twice, or more than the settings allow.
 */
export async function augmentPopulation(
  population: Population,
  events: TrainingEvents,
  options: AugmentPopulationOptions,
): Promise<PopulationAugmentation> {
  const { stages } = options.settings;
  const descriptions = stages.includes("items")
    ? await describeItems(population, options)
    : undefined;
  const profiles = stages.includes("profiles")
    ? await profileUsers(population, events, options)
    : undefined;
  const { liked, disliked } = await lengthenSequences(population, events, options);
  return {
    descriptions,
    profiles,
    liked,
    disliked,
    ...augmentedSize(population, events, liked),
  };
}
