import { normal, shuffle, streamOf, uniform, uniformBelow } from "../../random/index.ts";
import type { CrossDomainConfig } from "./config.ts";

/** Entries of the vectors of topics, items and interests. */
export const WIDTH = 8;

/** Items of one domain. */
export interface DomainItems {
  readonly count: number;
  /** [count] */
  readonly topic: Int32Array;
  /** [count * WIDTH]: the topic's vector, and `spread` away from it. */
  readonly vector: Float64Array;
  /** [count], log of how popular an item is but for its burst. */
  readonly appeal: Float64Array;
  /** [count], when it is most popular, as a share of the world's days. */
  readonly peak: Float64Array;
}

/** [topics * WIDTH], directions of length 1 that all domains have in common. */
export function topicVectors({ topics, worldSeed }: CrossDomainConfig): Float64Array {
  const stream = streamOf(worldSeed, "cross-domain", "topics");
  const vectors = new Float64Array(topics * WIDTH);
  for (let k = 0; k < topics; k++) drawDirection(vectors, k * WIDTH, 1, () => normal(stream));
  return vectors;
}

/** A domain's items depend on its name and the world's settings alone. */
export function drawDomainItems(
  domain: string,
  config: CrossDomainConfig,
  topics: Float64Array,
): DomainItems {
  const count = config.domains[domain]!.items;
  const stream = streamOf(config.worldSeed, "cross-domain", "items", domain);
  const topic = new Int32Array(count);
  const vector = new Float64Array(count * WIDTH);
  const peak = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    topic[i] = uniformBelow(stream, config.topics);
    peak[i] = uniform(stream);
    drawDirection(vector, i * WIDTH, config.spread, () => normal(stream));
    for (let w = 0; w < WIDTH; w++) vector[i * WIDTH + w]! += topics[topic[i]! * WIDTH + w]!;
  }
  // Ranks in random order, so that an item's number tells nothing.
  const rank = Int32Array.from({ length: count }, (_, i) => i);
  shuffle(stream, rank);
  const appeal = Float64Array.from(rank, (r) => -config.popularity * Math.log(r + 1));
  return { count, topic, vector, appeal, peak };
}

/** A uniform direction of the given length, at `at`. */
function drawDirection(
  out: Float64Array,
  at: number,
  length: number,
  drawNormal: () => number,
): void {
  let square = 0;
  for (let w = 0; w < WIDTH; w++) {
    const value = drawNormal();
    out[at + w] = value;
    square += value * value;
  }
  const scale = length / Math.sqrt(square);
  for (let w = 0; w < WIDTH; w++) out[at + w]! *= scale;
}
