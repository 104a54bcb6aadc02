import { uniform, uniformBelow, type RandomStream } from "../../random/index.ts";
import { pause } from "../collaborative/pause.ts";
import { nearestRow, squaredDistance } from "./vectors.ts";

export interface KMeansOptions {
  readonly width: number;
  readonly clusters: number;
  readonly iterations: number;
  /** [vectors], positive: how many vectors each stands for; absent: one. */
  readonly weights?: ArrayLike<number> | undefined;
  readonly random: RandomStream;
  readonly signal?: AbortSignal | undefined;
}

export interface Clusters {
  /** [clusters * width] */
  readonly centres: Float32Array;
  /** [vectors], the nearest centre of each. */
  readonly cluster: Int32Array;
  /** [clusters], vectors of each, by weight. */
  readonly sizes: Float32Array;
}

/** Like scikit-learn: centres that moved less than this share of the mean variance stand still. */
const TOLERANCE = 1e-4;

/**
 * Lloyd's algorithm from the k-means++ start (Arthur and Vassilvitskii 2007) on [n * width] vectors. A
 * cluster without vectors starts anew from one of them, drawn at random.
 */
export async function kMeans(vectors: Float32Array, options: KMeansOptions): Promise<Clusters> {
  const { width, clusters, iterations, weights, random, signal } = options;
  const n = vectors.length / width;
  const centres = plusPlus(vectors, options);
  const cluster = new Int32Array(n);
  const sizes = new Float32Array(clusters);
  const sums = new Float64Array(clusters * width);
  const still = TOLERANCE * meanVariance(vectors, options);
  for (let iteration = 0; iteration < iterations; iteration++) {
    await pause(signal);
    sums.fill(0);
    assign();
    for (let i = 0; i < n; i++) {
      const weight = weights?.[i] ?? 1;
      for (let k = 0; k < width; k++)
        sums[cluster[i]! * width + k]! += weight * vectors[i * width + k]!;
    }
    let shift = 0;
    for (let c = 0; c < clusters; c++) {
      const size = sizes[c]!;
      const drawn = size === 0 ? uniformBelow(random, n) : 0;
      for (let k = 0; k < width; k++) {
        const at = c * width + k;
        const moved = Math.fround(size === 0 ? vectors[drawn * width + k]! : sums[at]! / size);
        shift += (moved - centres[at]!) ** 2;
        centres[at] = moved;
      }
    }
    if (shift <= still) break;
  }
  assign();
  return { centres, cluster, sizes };

  function assign(): void {
    sizes.fill(0);
    for (let i = 0; i < n; i++) {
      cluster[i] = nearestRow(vectors, i, centres, width);
      sizes[cluster[i]!]! += weights?.[i] ?? 1;
    }
  }
}

/**
 * Each further centre is a vector, drawn in proportion to its weight times its squared distance to the
 * centres so far.
 */
function plusPlus(vectors: Float32Array, options: KMeansOptions): Float32Array {
  const { width, clusters, weights, random } = options;
  const n = vectors.length / width;
  const centres = new Float32Array(clusters * width);
  const far = new Float64Array(n).fill(Infinity);
  const mass = new Float64Array(n);
  let chosen = weights === undefined ? uniformBelow(random, n) : drawn(weights, n, random);
  for (let c = 0; c < clusters; c++) {
    centres.set(vectors.subarray(chosen * width, (chosen + 1) * width), c * width);
    let total = 0;
    for (let i = 0; i < n; i++) {
      far[i] = Math.min(far[i]!, squaredDistance(vectors, i, centres, c, width));
      mass[i] = (weights?.[i] ?? 1) * far[i]!;
      total += mass[i]!;
    }
    // Where fewer different vectors exist than centres, the rest are drawn at random.
    const rest = uniform(random) * total;
    chosen = total === 0 ? uniformBelow(random, n) : reached(mass, n, rest);
  }
  return centres;
}

/** A number below n, in proportion to its weight. */
function drawn(weights: ArrayLike<number>, n: number, random: RandomStream): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += weights[i]!;
  return reached(weights, n, uniform(random) * total);
}

/** The first entry at which the running sum exceeds `rest`. */
function reached(mass: ArrayLike<number>, n: number, rest: number): number {
  let left = rest;
  let at = 0;
  while (at < n - 1 && (left -= mass[at]!) >= 0) at += 1;
  return at;
}

function meanVariance(vectors: Float32Array, { width, weights }: KMeansOptions): number {
  const n = vectors.length / width;
  let total = 0;
  for (let i = 0; i < n; i++) total += weights?.[i] ?? 1;
  let sum = 0;
  for (let k = 0; k < width; k++) {
    let mean = 0;
    let square = 0;
    for (let i = 0; i < n; i++) mean += ((weights?.[i] ?? 1) * vectors[i * width + k]!) / total;
    for (let i = 0; i < n; i++)
      square += ((weights?.[i] ?? 1) * (vectors[i * width + k]! - mean) ** 2) / total;
    sum += square;
  }
  return sum / width;
}
