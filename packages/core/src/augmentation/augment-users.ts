import type { Population, TrainingEvents } from "../population/index.ts";
import type { RandomStream } from "../random/index.ts";
import { candidateWeights, drawCandidates } from "./draw-candidates.ts";
import type { Augmenter, Picked } from "./types.ts";

/** Items by user and domain: those of user u in domain x are items[offsets[u * domains + x]] and on. */
export interface PickedItems {
  /** [users * domains + 1] */
  readonly offsets: Int32Array;
  readonly items: Int32Array;
}

/** What augmentation adds to every user. */
export interface UserAugmentation {
  readonly liked: PickedItems;
  readonly disliked: PickedItems;
  /** Users with training events, and those of them that got a liked item. */
  readonly users: number;
  readonly augmented: number;
  /** Mean events of a user with training events, and the same with the liked items. */
  readonly meanLength: { readonly before: number; readonly after: number };
}

export interface AugmentOptions {
  readonly augmenter: Augmenter;
  /** |C|: items offered for each user and domain. */
  readonly candidates: number;
  /** [items], what candidates are drawn by, of training events alone. */
  readonly popularity: Float64Array;
  /** Whether what is picked in a domain may follow from events of others; default: yes. Silos do not know them. */
  readonly acrossDomains?: boolean;
  /** Where a user's candidates of a domain are drawn from. */
  readonly streamOf: (user: number, domain: number) => RandomStream;
  readonly signal?: AbortSignal | undefined;
  /** Share of the users done. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/**
 * Asks the augmenter for every user and domain. A user is seen through its own training events alone;
 * held-out events lead to nothing, and are no reason to leave an item out. Users without a training event
 * that may be looked at get nothing. Throws a RangeError where the augmenter names an item that was not
 * offered, or one twice.
 */
export async function augmentUsers(
  { domains, itemStarts }: Pick<Population, "domains" | "itemStarts">,
  { starts, item }: Pick<TrainingEvents, "starts" | "item">,
  options: AugmentOptions,
): Promise<UserAugmentation> {
  const { augmenter, candidates, popularity, streamOf, signal, onProgress } = options;
  const { acrossDomains = true } = options;
  const weights = domains.map((_, x) =>
    candidateWeights(popularity, { start: itemStarts[x]!, end: itemStarts[x + 1]! }),
  );
  const numUsers = starts.length - 1;
  const liked = collector(numUsers * domains.length);
  const disliked = collector(numUsers * domains.length);
  let users = 0;
  let augmented = 0;
  for (let user = 0; user < numUsers; user++) {
    signal?.throwIfAborted();
    const all = Array.from(item.subarray(starts[user], starts[user + 1]));
    const before = liked.size();
    for (let domain = 0; domain < domains.length; domain++) {
      const isOwn = (one: number) => one >= itemStarts[domain]! && one < itemStarts[domain + 1]!;
      const history = acrossDomains ? all : all.filter(isOwn);
      const offered =
        history.length === 0
          ? []
          : drawCandidates(weights[domain]!, {
              count: candidates,
              excluded: new Set(history),
              random: streamOf(user, domain),
            });
      const picked =
        offered.length === 0
          ? { liked: [], disliked: [] }
          : await augmenter.pick({ user, domain, history, candidates: offered });
      refuseStrange(picked, offered, augmenter.name);
      liked.add(picked.liked);
      disliked.add(picked.disliked);
    }
    users += all.length > 0 ? 1 : 0;
    augmented += liked.size() > before ? 1 : 0;
    onProgress?.((user + 1) / numUsers);
  }
  const mean = (events: number) => (users === 0 ? 0 : events / users);
  return {
    liked: liked.done(),
    disliked: disliked.done(),
    users,
    augmented,
    meanLength: { before: mean(item.length), after: mean(item.length + liked.size()) },
  };
}

function refuseStrange(
  { liked, disliked }: Picked,
  offered: readonly number[],
  name: string,
): void {
  const open = new Set(offered);
  for (const item of [...liked, ...disliked])
    if (!open.delete(item))
      throw new RangeError(
        `augmenter ${name} names item ${item}, which was not offered or is named twice`,
      );
}

function collector(groups: number) {
  const offsets = new Int32Array(groups + 1);
  const items: number[] = [];
  let group = 0;
  return {
    size: () => items.length,
    add: (more: readonly number[]) => {
      items.push(...more);
      offsets[++group] = items.length;
    },
    done: (): PickedItems => ({ offsets, items: Int32Array.from(items) }),
  };
}
