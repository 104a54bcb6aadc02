import type { Population, TrainingEvents } from "../population/index.ts";
import { streamOf } from "../random/index.ts";
import { candidatePools } from "./candidate-pools.ts";
import { heldOutItems, offeredCandidates } from "./held-out.ts";
import { inFlight } from "./in-flight.ts";
import { itemCollector } from "./picked-items.ts";
import {
  progressOf,
  type AugmentPopulationOptions,
  type PopulationAugmentation,
} from "./population-augmentation.ts";
import type { Picked } from "./types.ts";
import { userHistory } from "./user-history.ts";

/** Liked and disliked items of every user with training events, by domain. */
export async function lengthenSequences(
  population: Population,
  events: TrainingEvents,
  { augmenter, settings, popularity, acrossDomains = true, ...options }: AugmentPopulationOptions,
): Promise<Pick<PopulationAugmentation, "liked" | "disliked">> {
  const { domains, userIds } = population;
  const liked = itemCollector(userIds.length * domains.length, settings.liked);
  const disliked = itemCollector(userIds.length * domains.length, settings.disliked);
  if (!settings.stages.includes("sequences"))
    return { liked: liked.collected(), disliked: disliked.collected() };
  const poolOf = candidatePools(population, { pool: settings.pool, popularity });
  const ask = async (user: number): Promise<void> => {
    for (let domain = 0; domain < domains.length; domain++) {
      const own = acrossDomains ? undefined : domain;
      const history = userHistory(population, events, { user, domain: own });
      if (history.items.length === 0) continue;
      const candidates = offeredCandidates(poolOf(history, domain), {
        count: settings.candidates,
        history: new Set(history.items),
        heldOut: heldOutItems(population, { user, domain }),
        random: streamOf(settings.seed, "augmentation", userIds[user]!, domains[domain]!),
      });
      if (candidates.length === 0) continue;
      const picked = await augmenter.pick({ history, domain, candidates });
      refuseStrange(picked, candidates, augmenter.name);
      liked.put(user * domains.length + domain, picked.liked);
      disliked.put(user * domains.length + domain, picked.disliked);
    }
  };
  await inFlight(userIds.length, ask, progressOf("sequences", userIds.length, options));
  return { liked: liked.collected(), disliked: disliked.collected() };
}

function refuseStrange(
  { liked, disliked }: Picked,
  offered: readonly number[],
  name: string,
): void {
  const left = new Set(offered);
  for (const item of [...liked, ...disliked])
    if (!left.delete(item))
      throw new RangeError(
        `${name} picked item ${item}, which was not offered or is picked already; offered are: ${offered.join(", ")}`,
      );
}
