import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { itemChooser } from "./choose.ts";
import { crossDomainConfig } from "./config.ts";
import { drawDomainItems, topicVectors, WIDTH } from "./items.ts";
import { SEASONS, seasonTables } from "./seasons.ts";

const SEASON = 37;
const had = new Set([2, 11]);

/** A domain of 20 items and 4 topics, how it chooses, and the chances of items by their definition. */
function domainOf({ spread, scale }: { readonly spread: number; readonly scale: number }) {
  const config = crossDomainConfig.parse({
    kind: "cross-domain",
    domains: { a: { items: 20 }, b: { items: 20 } },
    events: { min: 3, max: 5 },
    topics: 4,
    spread,
    bursts: 2,
  });
  const topics = topicVectors(config);
  const items = drawDomainItems("a", config, topics);
  const choose = itemChooser({ items, tables: seasonTables(items, config), topics, spread });
  const wanted = Float64Array.from({ length: WIDTH }, (_, w) => scale * Math.sin(1 + w));
  const weights = Array.from({ length: 20 }, (_, i) => {
    const vector = items.vector.subarray(i * WIDTH, (i + 1) * WIDTH);
    const likeness = vector.reduce((sum, value, w) => sum + value * wanted[w]!, 0);
    const away = (SEASON + 0.5) / SEASONS - items.peak[i]!;
    const burst = 2 * Math.cos(2 * Math.PI * away);
    return had.has(i) ? 0 : Math.exp(likeness + items.appeal[i]! + burst);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { choose, wanted, chances: weights.map((weight) => weight / total) };
}

test.each([
  ["few proposals are refused", { spread: 0.5, scale: 1, draws: 20_000 }],
  // |wanted| spread is about 14: one proposal in some 10^4 is accepted.
  ["nearly all proposals are refused", { spread: 3.3, scale: 2, draws: 3000 }],
])(
  "items that the user does not have are chosen in proportion to their weights where %s",
  (_, settings) => {
    const { choose, wanted, chances } = domainOf(settings);
    const stream = streamOf(3, "choose");
    const counts = new Float64Array(20);
    const { draws } = settings;
    for (let n = 0; n < draws; n++)
      counts[choose({ wanted, season: SEASON, has: (i) => had.has(i), stream })]! += 1;
    let chiSquare = 0;
    let cells = 0;
    chances.forEach((p, i) => {
      if (p === 0) expect(counts[i]).toBe(0);
      if (p * draws < 5) return;
      chiSquare += (counts[i]! - p * draws) ** 2 / (p * draws);
      cells += 1;
    });
    expect(cells).toBeGreaterThan(4);
    // Mean cells - 1, standard deviation sqrt(2 (cells - 1)).
    expect(chiSquare).toBeLessThan(cells - 1 + 5 * Math.sqrt(2 * (cells - 1)));
  },
);
