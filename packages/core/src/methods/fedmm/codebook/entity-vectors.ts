import type { CollaborativeVectors, Entity } from "../../../federation/client-memory.ts";
import type { AlignmentConfig } from "../config.ts";
import { writeHashedWords } from "./item-words.ts";
import { turnToPrincipalAxes } from "./principal-axes.ts";

/** What a quantiser learns from. */
export interface EntityVectors {
  /** [numCoded * inputs] */
  readonly vectors: Float32Array;
  readonly inputs: number;
  /** [numCoded]: the entities with training positives, ascending. */
  readonly entities: Int32Array;
  /** Of all, number 0 included. */
  readonly numEntities: number;
}

interface Source {
  readonly factors: Float32Array;
  readonly width: number;
  readonly entities: Int32Array;
  readonly numEntities: number;
}

function sourceOf(collaborative: CollaborativeVectors, entity: Entity): Source {
  const { factors, itemCounts, userCounts } = collaborative;
  const counts = entity === "item" ? itemCounts : userCounts;
  return {
    factors: entity === "item" ? factors.items : factors.users,
    width: factors.width,
    entities: Int32Array.from([...counts.keys()].filter((e) => e > 0 && counts[e]! > 0)),
    numEntities: counts.length,
  };
}

/**
 * The vectors of all entities with training positives, made ready for a quantiser:
 *
 *   x = (v - mean) / sqrt(variance)
 *
 * with one scale for all dimensions, so that directions with more variance keep it. Mean and scale are the
 * market's own where anchors couple the spaces, too: common ones, which would have to be sent, were tried
 * on seven markets and brought equal items no more equal codes. Then, as the
 * alignment says, turned into their principal axes, and of items their hashed words appended, with
 * `weight` times the typical length of x, sqrt(width).
 */
export function entityVectors(
  collaborative: CollaborativeVectors,
  entity: Entity,
  {
    alignment,
    texts,
  }: {
    readonly alignment: Pick<AlignmentConfig, "distribution" | "text">;
    /** Of entities 1, 2, ...; of items with `alignment.text`. */
    readonly texts?: readonly string[] | undefined;
  },
): EntityVectors {
  const { factors, width, entities, numEntities } = sourceOf(collaborative, entity);
  const n = entities.length;
  const scaled = new Float64Array(n * width);
  const mean = new Float64Array(width);
  for (const e of entities) for (let k = 0; k < width; k++) mean[k]! += factors[e * width + k]! / n;
  let variance = 0;
  entities.forEach((e, i) => {
    for (let k = 0; k < width; k++) {
      const value = factors[e * width + k]! - mean[k]!;
      scaled[i * width + k] = value;
      variance += value ** 2 / (n * width);
    }
  });
  const deviation = Math.sqrt(variance) || 1;
  for (let at = 0; at < scaled.length; at++) scaled[at]! /= deviation;
  if (alignment.distribution === "principal-axes" && n > 0) turnToPrincipalAxes(scaled, width);
  const { text } = alignment;
  if (entity === "user" || text === undefined || texts === undefined)
    return { vectors: Float32Array.from(scaled), inputs: width, entities, numEntities };
  const inputs = width + text.width;
  const vectors = new Float32Array(n * inputs);
  const words = new Float64Array(text.width);
  entities.forEach((e, i) => {
    vectors.set(scaled.subarray(i * width, (i + 1) * width), i * inputs);
    writeHashedWords(texts[e - 1] ?? "", words);
    for (let k = 0; k < text.width; k++)
      vectors[i * inputs + width + k] = text.weight * Math.sqrt(width) * words[k]!;
  });
  return { vectors, inputs, entities, numEntities };
}
