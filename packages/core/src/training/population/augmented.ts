import type { PickedItems } from "../../augmentation/index.ts";
import { uniformBelow, type RandomStream } from "../../random/index.ts";
import type { ChunkBuffers } from "./chunk-buffers.ts";
import type { Slots } from "./slots.ts";

/**
 * Each domain's sequence with the user's liked items at its end, and the sequence as it is in a uniformly
 * random order. A domain without liked items, or without a sequence, stays without both.
 */
export function fillAugmented(
  { domains, augmented, shuffled, sizes }: ChunkBuffers,
  place: number,
  {
    liked: { offsets, items },
    user,
    slots,
    random,
  }: {
    readonly liked: PickedItems;
    readonly user: number;
    readonly slots: Slots;
    readonly random: RandomStream;
  },
): void {
  const { domainLength } = sizes;
  for (let x = 0; x < sizes.domains; x++) {
    const from = offsets[user * sizes.domains + x]!;
    const count = offsets[user * sizes.domains + x + 1]! - from;
    const at = (place * sizes.domains + x) * domainLength;
    const end = at + domainLength;
    if (count === 0 || domains[end - 1]! < 0) continue;
    let first = end - 1;
    while (first > at && domains[first - 1]! >= 0) first -= 1;
    const kept = Math.max(0, domainLength - count);
    for (let k = 0; k < kept; k++) augmented[at + k] = domains[end - kept + k]!;
    for (let k = Math.max(0, count - domainLength); k < count; k++)
      augmented[end - count + k] = slots.of(items[from + k]!);
    for (let k = first; k < end; k++) shuffled[k] = domains[k]!;
    for (let k = end - 1; k > first; k--) {
      const other = first + uniformBelow(random, k - first + 1);
      const held = shuffled[k]!;
      shuffled[k] = shuffled[other]!;
      shuffled[other] = held;
    }
  }
}
