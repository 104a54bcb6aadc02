import type { Population, TrainingEvents } from "../population/index.ts";
import { inFlight } from "./in-flight.ts";
import { progressOf, type AugmentPopulationOptions } from "./population-augmentation.ts";
import { userHistory } from "./user-history.ts";

/** [users * domains], words for every user with training events that may be looked at. */
export async function profileUsers(
  population: Population,
  events: TrainingEvents,
  { augmenter, acrossDomains = true, ...options }: AugmentPopulationOptions,
): Promise<readonly (string | undefined)[]> {
  const numDomains = population.domains.length;
  const numUsers = population.userIds.length;
  const profiles = Array<string | undefined>(numUsers * numDomains).fill(undefined);
  await inFlight(
    numUsers,
    async (user) => {
      for (let domain = 0; domain < numDomains; domain++) {
        const place = user * numDomains + domain;
        if (acrossDomains && domain > 0) {
          profiles[place] = profiles[place - 1];
          continue;
        }
        const own = acrossDomains ? undefined : domain;
        const history = userHistory(population, events, { user, domain: own });
        if (history.items.length > 0) profiles[place] = await augmenter.profile(history);
      }
    },
    progressOf("profiles", numUsers, options),
  );
  return profiles;
}
