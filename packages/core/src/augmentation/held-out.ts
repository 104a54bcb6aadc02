import { TRAIN, type Population } from "../population/index.ts";
import type { RandomStream } from "../random/index.ts";
import { drawCandidates, type CandidateWeights } from "./draw-candidates.ts";

/** Distinct items of validation and test events of a user in a domain. */
export function heldOutItems(
  { starts, item, part, itemStarts }: Pick<Population, "starts" | "item" | "part" | "itemStarts">,
  { user, domain }: { readonly user: number; readonly domain: number },
): ReadonlySet<number> {
  const items = new Set<number>();
  for (let event = starts[user]!; event < starts[user + 1]!; event++) {
    const one = item[event]!;
    if (part[event] !== TRAIN && one >= itemStarts[domain]! && one < itemStarts[domain + 1]!)
      items.add(one);
  }
  return items;
}

export interface OfferOptions {
  readonly count: number;
  /** Items of the user's training events: never drawn. */
  readonly history: ReadonlySet<number>;
  /** Drawn like any other, then left out. */
  readonly heldOut: ReadonlySet<number>;
  readonly random: RandomStream;
}

/**
 * Candidates without held-out items. They are left out of a list that was drawn without looking at them, so
 * that what is held out decides nothing else: the others and their order stay.
 */
export function offeredCandidates(
  weights: CandidateWeights,
  { count, history, heldOut, random }: OfferOptions,
): readonly number[] {
  const drawn = drawCandidates(weights, {
    count: count + heldOut.size,
    excluded: history,
    random,
  });
  return drawn.filter((item) => !heldOut.has(item)).slice(0, count);
}
