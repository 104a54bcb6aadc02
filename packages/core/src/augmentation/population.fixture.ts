import fc from "fast-check";
import { TEST, TRAIN, trainingEvents, VALID, type Population } from "../population/index.ts";
import { augmentationConfig, type ActiveAugmentation } from "./config.ts";

/** Items 0 to 7 are food, 8 to 15 kitchen. */
export const NUM_ITEMS = 16;

export const TEXTS = Array.from({ length: NUM_ITEMS }, (_, i) => `word${i % 5} word${i % 3}`);

/** Users by their items, a day from one to the next; the last two of each are held out. */
export function populationOfItems(
  users: readonly (readonly number[])[],
  { texts = TEXTS }: { readonly texts?: readonly string[] | undefined } = {},
): Population {
  const starts = Int32Array.from([0, ...users.map((_, u) => users.slice(0, u + 1).flat().length)]);
  const item = Int32Array.from(users.flat());
  const part = users.flatMap(({ length }) =>
    Array.from({ length }, (_, n) => [TEST, VALID][length - 1 - n] ?? TRAIN),
  );
  return {
    domains: ["food", "kitchen"],
    userIds: users.map((_, u) => `u${u}`),
    itemIds: TEXTS.map((_, i) => `i${i}`),
    itemStarts: Int32Array.of(0, 8, 16),
    itemText: texts,
    starts,
    item,
    days: Float64Array.from(item, (_, n) => n),
    part: Uint8Array.from(part),
    eventOfRow: [],
  };
}

/** Once more than training events have each item, so that each may be offered. */
export function popularityOf(population: Population): Float64Array {
  const popularity = new Float64Array(NUM_ITEMS).fill(1);
  for (const item of trainingEvents(population).item) popularity[item]! += 1;
  return popularity;
}

type HeuristicSettings = Extract<ActiveAugmentation, { readonly kind: "heuristic" }>;

/** Of the heuristic, with five candidates; all else as by default. */
export function settingsOf(own: Partial<HeuristicSettings> = {}): HeuristicSettings {
  const settings = augmentationConfig.parse({ kind: "heuristic", candidates: 5, ...own });
  if (settings.kind !== "heuristic") throw new RangeError(`settings of kind ${settings.kind}`);
  return settings;
}

/** Lists of items of a few users. */
export const users = fc.array(fc.array(fc.nat(NUM_ITEMS - 1), { maxLength: 9 }), {
  minLength: 1,
  maxLength: 6,
});

/** Every list with other items in place of those that are held out. */
export function scrambled(
  lists: readonly (readonly number[])[],
  next: () => number,
): readonly (readonly number[])[] {
  return lists.map((list) => list.map((item, n) => (n < list.length - 2 ? item : next())));
}
