import type { Population, TrainingEvents } from "../population/index.ts";
import type { PickedItems } from "./picked-items.ts";
import type { PopulationAugmentation } from "./population-augmentation.ts";

/** How much longer and denser sequences are. */
export function augmentedSize(
  { itemIds }: Population,
  { starts, item }: TrainingEvents,
  { offsets, items }: PickedItems,
): Pick<PopulationAugmentation, "users" | "augmented" | "meanLength" | "density"> {
  const numUsers = starts.length - 1;
  const perUser = numUsers === 0 ? 0 : (offsets.length - 1) / numUsers;
  let users = 0;
  let augmented = 0;
  let pairs = 0;
  for (let user = 0; user < numUsers; user++) {
    const own = new Set(item.subarray(starts[user], starts[user + 1]));
    users += own.size > 0 ? 1 : 0;
    pairs += own.size;
    augmented += offsets[user * perUser]! < offsets[(user + 1) * perUser]! ? 1 : 0;
  }
  const mean = (events: number) => (users === 0 ? 0 : events / users);
  const share = (some: number) => (users === 0 ? 0 : some / (users * itemIds.length));
  // Liked items are none of the user's own, and distinct: each is one pair more.
  return {
    users,
    augmented,
    meanLength: { before: mean(item.length), after: mean(item.length + items.length) },
    density: { before: share(pairs), after: share(pairs + items.length) },
  };
}
