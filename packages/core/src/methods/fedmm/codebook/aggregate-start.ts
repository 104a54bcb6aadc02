import { kMeans } from "../../../models/quantization/index.ts";
import { normal, type RandomStream } from "../../../random/index.ts";
import {
  entityWeights,
  joinedCodebook,
  type Contribution,
  type JoinedCodebook,
} from "./aggregate.ts";
import type { CodebooksConfig } from "../config.ts";

/** Passes of Lloyd's algorithm: a start only, training goes on from it. */
export const START_ITERATIONS = 10;

/** Deviation of a restarted row from the one it starts at, over that of the rows from their mean. */
const JITTER = 0.01;

/**
 * A codebook from the markets' own cluster centres: k-means on the centres, each weighted by what its
 * entities count. Where there are fewer centres than codes, the codes left over start next to others.
 */
export async function startFromCentres(
  contributions: readonly Contribution[],
  {
    numCodes,
    width,
    clientWeight,
    random,
  }: {
    readonly numCodes: number;
    readonly width: number;
    readonly clientWeight: CodebooksConfig["clientWeight"];
    readonly random: RandomStream;
  },
): Promise<JoinedCodebook> {
  const weights = entityWeights(
    contributions.map(({ numEntities }) => numEntities),
    clientWeight,
  );
  const vectors: number[] = [];
  const mass: number[] = [];
  contributions.forEach(({ rows, counts }, m) => {
    counts!.forEach((count, k) => {
      if (count <= 0) return;
      vectors.push(...rows!.subarray(k * width, (k + 1) * width));
      mass.push(weights[m]! * count);
    });
  });
  if (mass.length === 0) return drawnCodebook(numCodes, width, 1, random);
  const { centres, sizes } = await kMeans(Float32Array.from(vectors), {
    width,
    clusters: numCodes,
    iterations: START_ITERATIONS,
    weights: mass,
    random,
  });
  const joined = joinedCodebook(centres, numCodes);
  restartUnused(joined, Float64Array.from(sizes), random);
  return joined;
}

/** A codebook that no data had a part in: N(0, 1 / width) times a norm. */
export function drawnCodebook(
  numCodes: number,
  width: number,
  norm: number,
  random: RandomStream,
): JoinedCodebook {
  const scale = norm / Math.sqrt(width);
  const rows = Float32Array.from({ length: numCodes * width }, () => scale * normal(random));
  return joinedCodebook(rows, numCodes);
}

/**
 * Moves every code without uses next to the code that has most of them, whose uses (and moving averages)
 * are then shared by the two. Where no code has uses, all stay.
 */
export function restartUnused(
  joined: JoinedCodebook,
  uses: Float64Array,
  random: RandomStream,
): void {
  const { rows, counts, sums } = joined;
  const width = rows.length / counts.length;
  const left = uses.slice();
  const unused = [...left.keys()].filter((k) => left[k] === 0);
  if (unused.length === left.length) return;
  const deviation = JITTER * spread(rows, width, uses);
  for (const k of unused) {
    let from = 0;
    for (let other = 1; other < left.length; other++) if (left[other]! > left[from]!) from = other;
    for (const shared of [left, counts]) {
      shared[from]! /= 2;
      shared[k] = shared[from]!;
    }
    for (let i = 0; i < width; i++) {
      const step = deviation * normal(random);
      rows[k * width + i] = rows[from * width + i]! + step;
      sums[from * width + i]! /= 2;
      sums[k * width + i] = sums[from * width + i]! + counts[k]! * step;
    }
  }
}

/** Root mean squared distance per number of used rows from their mean; of a single row its own size. */
function spread(rows: Float32Array, width: number, uses: Float64Array): number {
  const used = [...uses.keys()].filter((k) => uses[k]! > 0);
  let [around, size] = [0, 0];
  for (let i = 0; i < width; i++) {
    const mean = used.reduce((sum, k) => sum + rows[k * width + i]!, 0) / used.length;
    for (const k of used) {
      around += (rows[k * width + i]! - mean) ** 2;
      size += rows[k * width + i]! ** 2;
    }
  }
  const square = around > 0 ? around : size;
  return Math.sqrt(square / (used.length * width));
}
