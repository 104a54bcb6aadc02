import { tokensOf } from "../request/index.ts";
import { murmurHash } from "./murmur-hash.ts";
import type { TextVectorizer } from "./types.ts";

const utf8 = new TextEncoder();

/**
 * Signed feature hashing: a text is a bag of features, each of which falls on one entry of the vector with one
 * sign, both from its hash h,
 *
 *   v[|h(f)| mod d] += sign(h(f)) ln(1 + tf(f)),    then v / |v|
 *
 * Features of a text such as `category: tea, coffee; for: guests` are its words and its values under their
 * keys: tea, coffee, guests, `category: tea`, `category: coffee`, `for: guests`. A text without words, or whose
 * features cancel, has the vector 0. Hash, entry and sign are those of scikit-learn's FeatureHasher.
 *
 * Source: Weinberger et al., Feature Hashing for Large Scale Multitask Learning, ICML 2009.
 */
export function hashingVectorizer(dimensions: number): TextVectorizer {
  if (!(Number.isInteger(dimensions) && dimensions > 0))
    throw new RangeError(`dimensions ${dimensions} is no whole number of 1 or more`);
  // Words come again and again.
  const known = new Map<string, number>();
  const hashOf = (feature: string): number => {
    let hash = known.get(feature);
    if (hash === undefined) known.set(feature, (hash = murmurHash(utf8.encode(feature))));
    return hash;
  };
  const write = (text: string, vector: Float64Array): void => {
    vector.fill(0);
    for (const [feature, count] of featureCounts(text)) {
      const hash = hashOf(feature);
      vector[Math.abs(hash) % dimensions]! += (hash < 0 ? -1 : 1) * Math.log1p(count);
    }
    let squares = 0;
    for (const value of vector) squares += value * value;
    // 0 where features cancel, or there are none.
    if (squares === 0) return;
    const length = Math.sqrt(squares);
    for (let i = 0; i < dimensions; i++) vector[i]! /= length;
  };
  return {
    dimensions,
    vectorize: (texts) => {
      const vectors = new Float32Array(texts.length * dimensions);
      const vector = new Float64Array(dimensions);
      texts.forEach((text, row) => {
        write(text, vector);
        vectors.set(vector, row * dimensions);
      });
      return Promise.resolve(vectors);
    },
  };
}

/** Words, and values under their keys, with how often each stands in the text. */
export function featureCounts(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (feature: string) => counts.set(feature, (counts.get(feature) ?? 0) + 1);
  for (const part of text.split(";")) {
    const colon = part.indexOf(":");
    const key = colon < 0 ? "" : tokensOf(part.slice(0, colon)).join(" ");
    for (const value of part.slice(colon + 1).split(",")) {
      const words = tokensOf(value);
      words.forEach(add);
      if (key !== "" && words.length > 0) add(`${key}: ${words.join(" ")}`);
    }
  }
  return counts;
}
