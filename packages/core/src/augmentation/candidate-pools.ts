import type { Population } from "../population/index.ts";
import { requestReader, textIndex } from "../request/index.ts";
import { bestOf } from "./best-of.ts";
import type { ActiveAugmentation } from "./config.ts";
import { candidateWeights, type CandidateWeights } from "./draw-candidates.ts";
import type { UserHistory } from "./types.ts";

export interface PoolOptions {
  readonly pool: ActiveAugmentation["pool"];
  /** [items], of training events alone. */
  readonly popularity: Float64Array;
}

/** What the candidates of a user in a domain are drawn by. */
export type CandidatePools = (history: UserHistory, domain: number) => CandidateWeights;

/** What an event of a history counts against the next later one. */
const DECAY = 0.8;

/**
 * `popularity`: all items of the domain, by their training events. `similar`: so many of them, all alike, whose
 * public texts are most like those of the history,
 *
 *   similarity(i) = sum_h decay^age(h) cos(text_i, text_h),
 *
 * without items of the history itself; of equal ones those with the smaller number, and none that is like
 * nothing. Nothing but the user's own events and the public catalogue decides on it.
 */
export function candidatePools(
  { domains, itemStarts, itemText }: Pick<Population, "domains" | "itemStarts" | "itemText">,
  { pool, popularity }: PoolOptions,
): CandidatePools {
  const bounds = domains.map((_, x) => ({ start: itemStarts[x]!, end: itemStarts[x + 1]! }));
  if (pool === "popularity") {
    const weights = bounds.map((own) => candidateWeights(popularity, own));
    return (_, domain) => weights[domain]!;
  }
  if (itemText === undefined) throw new RangeError("a pool of similar items needs texts");
  const reader = requestReader({ text: textIndex(itemText), decay: DECAY });
  const similarity = new Float32Array(1);
  const best = bestOf(pool.similar);
  const chosen = new Float64Array(itemStarts.at(-1)!);
  return ({ items }, domain) => {
    const own = new Set(items);
    const { start, end } = bounds[domain]!;
    reader.begin();
    for (const item of items) reader.push(item);
    best.begin();
    for (let item = start; item < end; item++) {
      if (own.has(item)) continue;
      reader.write(item, 0, similarity, 0);
      if (similarity[0]! > 0) best.offer(item, similarity[0]!);
    }
    chosen.fill(0, start, end);
    for (let i = 0; i < best.size(); i++) chosen[best.items[i]!] = 1;
    return candidateWeights(chosen, { start, end });
  };
}
