import type { Population, TrainingEvents } from "../../population/types.ts";

/** What users chose in training, and nothing else: all that a simulated user learns from. */
export interface Choices {
  readonly numUsers: number;
  readonly numItems: number;
  /** [domains + 1]: the items of domain x are itemStarts[x] to itemStarts[x + 1] - 1. */
  readonly itemStarts: Int32Array;
  /** [users + 1]: the choices of user u are offsets[u] to offsets[u + 1] - 1. */
  readonly offsets: Int32Array;
  /** Distinct items of each user, ascending. */
  readonly items: Int32Array;
  /** How often the user chose the item. */
  readonly counts: Int32Array;
}

export function choicesOf(
  { itemStarts }: Pick<Population, "itemStarts">,
  { starts, item }: TrainingEvents,
): Choices {
  const numUsers = starts.length - 1;
  const offsets = new Int32Array(numUsers + 1);
  const items = new Int32Array(item.length);
  const counts = new Int32Array(item.length);
  let size = 0;
  for (let user = 0; user < numUsers; user++) {
    size += distinctItems(item.slice(starts[user], starts[user + 1]), {
      items: items.subarray(size),
      counts: counts.subarray(size),
    });
    offsets[user + 1] = size;
  }
  return {
    numUsers,
    numItems: itemStarts.at(-1)!,
    itemStarts,
    offsets,
    items: items.slice(0, size),
    counts: counts.slice(0, size),
  };
}

/** Sorts `chosen` in place, writes its distinct items with how often each is there, and gives their number. */
export function distinctItems(
  chosen: Int32Array,
  { items, counts }: { readonly items: Int32Array; readonly counts: Int32Array },
): number {
  chosen.sort();
  let size = 0;
  for (let i = 0; i < chosen.length; i++)
    if (i > 0 && chosen[i] === chosen[i - 1]) counts[size - 1]! += 1;
    else {
      items[size] = chosen[i]!;
      counts[size++] = 1;
    }
  return size;
}
