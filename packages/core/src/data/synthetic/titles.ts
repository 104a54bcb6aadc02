import { streamOf, uniform, type RandomStream } from "../../random/index.ts";
import type { SyntheticConfig } from "./config.ts";
import type { MarketItems } from "./items.ts";
import { affinity, latentOf } from "./taste.ts";

/** Words that titles are made of. */
const NUM_WORDS = 100;

/**
 * A title for each item: distinct words, drawn one after another in proportion to
 *
 *   exp(sharpness <word, item>)
 *
 * for words with latent vectors like those of items. An item of the catalogue has one title everywhere.
 */
export function titlesOf(items: MarketItems, { titles, worldSeed }: SyntheticConfig): string[] {
  const { words = 0, sharpness = 0 } = titles ?? {};
  const vectors = latentOf(NUM_WORDS, streamOf(worldSeed, "world", "words"));
  return items.ids.map((id, i) =>
    Array.from(
      chooseDistinct(
        Float64Array.from(
          { length: NUM_WORDS },
          (_, word) => sharpness * affinity(vectors, word, items.described, i),
        ),
        words,
        streamOf(worldSeed, "world", "title", id),
      ),
      (word) => `word${word}`,
    ).join(" "),
  );
}

/**
 * `count` distinct indices, drawn one after another with probability proportional to exp(logWeight) among
 * those that are left: the largest of the log weights plus Gumbel noise (Yellott 1977), in the order drawn.
 */
export function chooseDistinct(
  logWeights: Float64Array,
  count: number,
  stream: RandomStream,
): Int32Array {
  const keys = logWeights.map((weight) => weight - Math.log(-Math.log(1 - uniform(stream))));
  return Int32Array.from(keys.keys())
    .sort((a, b) => keys[b]! - keys[a]!)
    .slice(0, count);
}
