import { FIRST_VALUE_ROW } from "../../../data/index.ts";
import type { EmbeddingSpec } from "../../../embedding/index.ts";
import type { EntityCodes } from "../../../federation/client-memory.ts";
import { normal, streamOf } from "../../../random/index.ts";
import type { CodeFeature } from "./code-features.ts";

/**
 * Starts a table's rows of codes from the codebook, in place: rows that are close there are close here.
 *
 *   row_k = g (C_k - mean_j C_j) M,   M [codebook width, embedding width], its entries standard normal
 *
 * M is drawn by seed, entity and embedding, so that it is the same in all markets and at all levels, whose
 * rows add up in one space. g makes the rows as large as what the model would have drawn: their root mean
 * square is that of such a draw, which is 0 for tables that start at 0. The rows of padding and of unknown
 * entities stay.
 */
export function startFromCodebook(
  rows: Float32Array,
  seed: number,
  { embedding, feature, codes }: StartOptions,
): void {
  const { width } = embedding;
  const { width: inner, levels } = codes;
  const { rows: codebook, numCodes } = levels[feature.level]!;
  const target = rows.subarray(FIRST_VALUE_ROW * width);
  const stream = streamOf(seed, "code-map", feature.entity, embedding.name);
  const map = Float64Array.from({ length: inner * width }, () => normal(stream));
  const centre = new Float64Array(inner);
  for (let k = 0; k < numCodes; k++)
    for (let i = 0; i < inner; i++) centre[i]! += codebook[k * inner + i]! / numCodes;
  const mapped = new Float64Array(numCodes * width);
  for (let k = 0; k < numCodes; k++)
    for (let i = 0; i < inner; i++) {
      const entry = codebook[k * inner + i]! - centre[i]!;
      for (let j = 0; j < width; j++) mapped[k * width + j]! += entry * map[i * width + j]!;
    }
  const drawn = new Float32Array(numCodes * width);
  embedding.init(
    drawn,
    [numCodes, width],
    streamOf(seed, "code-map", "spread", embedding.name, feature.name),
  );
  const size = rootMeanSquare(mapped);
  const scale = size > 0 ? rootMeanSquare(drawn) / size : 0;
  for (let i = 0; i < mapped.length; i++) target[i] = mapped[i]! * scale;
}

interface StartOptions {
  readonly embedding: EmbeddingSpec;
  readonly feature: CodeFeature;
  readonly codes: EntityCodes;
}

function rootMeanSquare(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / Math.max(1, values.length));
}
