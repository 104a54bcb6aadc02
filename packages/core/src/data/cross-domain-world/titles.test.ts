import { expect, test } from "vitest";
import { crossDomainConfig } from "./config.ts";
import { drawDomainItems, topicVectors } from "./items.ts";
import { domainTitles } from "./titles.ts";

/** Mean words that items of two domains have in common, by whether they are of one topic. */
function commonWords(sharpness: number) {
  const config = crossDomainConfig.parse({
    kind: "cross-domain",
    domains: { a: { items: 200 }, b: { items: 200 } },
    topics: 10,
    titles: { words: 6, sharpness },
  });
  const topics = topicVectors(config);
  const [a, b] = (["a", "b"] as const).map((name) => {
    const items = drawDomainItems(name, config, topics);
    return { items, titles: domainTitles(name, items, config).map((title) => title.split(" ")) };
  });
  const sums = { same: 0, other: 0 };
  const counts = { same: 0, other: 0 };
  a!.titles.forEach((words, i) => {
    expect(new Set(words).size).toBe(6);
    b!.titles.forEach((others, j) => {
      const pair = a!.items.topic[i] === b!.items.topic[j] ? "same" : "other";
      sums[pair] += words.filter((word) => others.includes(word)).length;
      counts[pair] += 1;
    });
  });
  return { same: sums.same / counts.same, other: sums.other / counts.other };
}

test("titles tell topics in words that all domains share; without sharpness they tell nothing", () => {
  // Six distinct words of 120, twice: 6 * 6 / 120 in common.
  const blunt = commonWords(0);
  expect(blunt.same).toBeCloseTo(0.3, 1);
  expect(blunt.other).toBeCloseTo(0.3, 1);
  const sharp = commonWords(6);
  expect(sharp.same).toBeGreaterThan(3 * sharp.other);
});
