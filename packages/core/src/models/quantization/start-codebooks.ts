import { AtollError } from "../../errors/index.ts";
import type { RandomStream } from "../../random/index.ts";
import type { Codebook } from "./codebook.ts";
import { codesByLevel, type RqVaeConfig } from "./config.ts";
import { kMeans } from "./k-means.ts";

/**
 * Starts every level's codes at the cluster centres of what the level has to quantise: `encoded`,
 * [n * width], less the codes chosen on the levels before. Moving averages start at what a batch of these
 * clusters would show.
 */
export async function startFromClusters(
  codebooks: readonly Codebook[],
  encoded: Float32Array,
  options: {
    readonly config: RqVaeConfig;
    readonly random: RandomStream;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const { config, random, signal } = options;
  const { width, batchSize, initialisation } = config;
  const codes = Math.max(...codesByLevel(config));
  const n = encoded.length / width;
  if (n < codes)
    throw new AtollError(
      "QUANTISER_TOO_FEW_ROWS",
      `${n} vectors cannot start codebooks of ${codes} codes by k-means; give at least ${codes} vectors, set codes to at most ${n}, or set initialisation to { kind: uniform }`,
    );
  const iterations = initialisation.kind === "k-means" ? initialisation.iterations : 0;
  const residual = encoded.slice();
  for (const { rows, counts, sums } of codebooks) {
    const found = await kMeans(residual, {
      width,
      clusters: counts.length,
      iterations,
      random,
      signal,
    });
    rows.set(found.centres);
    found.sizes.forEach((size, code) => {
      counts[code] = (size * batchSize) / n;
      for (let at = code * width; at < (code + 1) * width; at++)
        sums[at] = counts[code] * rows[at]!;
    });
    for (let i = 0; i < n; i++)
      for (let k = 0; k < width; k++)
        residual[i * width + k]! -= rows[found.cluster[i]! * width + k]!;
  }
}
