import { normal, streamOf } from "../../random/index.ts";
import { chooseDistinct } from "../synthetic/titles.ts";
import type { CrossDomainConfig } from "./config.ts";
import { WIDTH, type DomainItems } from "./items.ts";

/** Words that titles are made of. */
const NUM_WORDS = 120;

/**
 * A title for each item of a domain: distinct words, drawn one after another in proportion to
 * exp(sharpness <word, item>), for words with directions like those of topics, the same in all domains.
 */
export function domainTitles(
  domain: string,
  items: DomainItems,
  { titles, worldSeed }: CrossDomainConfig,
): string[] {
  const { words = 0, sharpness = 0 } = titles ?? {};
  const drawn = streamOf(worldSeed, "cross-domain", "words");
  const vectors = Array.from({ length: NUM_WORDS }, () => {
    const vector = Array.from({ length: WIDTH }, () => normal(drawn));
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
  const stream = streamOf(worldSeed, "cross-domain", "titles", domain);
  const logWeights = new Float64Array(NUM_WORDS);
  return Array.from({ length: items.count }, (_, i) => {
    vectors.forEach((vector, word) => {
      let likeness = 0;
      for (let w = 0; w < WIDTH; w++) likeness += vector[w]! * items.vector[i * WIDTH + w]!;
      logWeights[word] = sharpness * likeness;
    });
    return Array.from(chooseDistinct(logWeights, words, stream), (word) => `word${word}`).join(" ");
  });
}
