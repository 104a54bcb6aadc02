import type { DomainItems } from "./items.ts";

/** Stretches of the world's days in each of which popularity stands still. */
export const SEASONS = 200;

/** The season of a time, which is a share of the world's days. */
export function seasonOf(time: number): number {
  return Math.min(SEASONS - 1, Math.floor(time * SEASONS));
}

/** The middle of a season as an angle: the world's days are once around the circle. */
export function angleOf(season: number): number {
  return (2 * Math.PI * (season + 0.5)) / SEASONS;
}

/** What items weigh before anybody's interest, season by season. */
export interface SeasonTables {
  /** [count], items by topic. */
  readonly order: Int32Array;
  /** [topics + 1]: the items of topic k are order[starts[k]] to order[starts[k + 1] - 1]. */
  readonly starts: Int32Array;
  /** [SEASONS * count], running sums within each topic, in the places of `order`. */
  readonly cumulative: Float64Array;
}

/**
 * An item weighs exp(appeal + bursts cos(angle of the season - angle of its peak)): once in the world's days
 * it is popular, for a while that is the shorter the larger `bursts` is, as the density of von Mises.
 */
export function seasonTables(
  items: DomainItems,
  { topics, bursts }: { readonly topics: number; readonly bursts: number },
): SeasonTables {
  const { count, topic, appeal, peak } = items;
  const order = Int32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => topic[a]! - topic[b]! || a - b,
  );
  const starts = new Int32Array(topics + 1);
  for (const k of topic) starts[k + 1]! += 1;
  for (let k = 0; k < topics; k++) starts[k + 1]! += starts[k]!;
  const cumulative = new Float64Array(SEASONS * count);
  for (let season = 0; season < SEASONS; season++) {
    const angle = angleOf(season);
    for (let k = 0; k < topics; k++) {
      let sum = 0;
      for (let at = starts[k]!; at < starts[k + 1]!; at++) {
        const i = order[at]!;
        sum += Math.exp(appeal[i]! + bursts * Math.cos(angle - 2 * Math.PI * peak[i]!));
        cumulative[season * count + at] = sum;
      }
    }
  }
  return { order, starts, cumulative };
}
