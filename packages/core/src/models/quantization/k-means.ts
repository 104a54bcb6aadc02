import { uniform, uniformBelow, type RandomStream } from "../../random/index.ts";
import { pause } from "../collaborative/pause.ts";
import { nearestRow, squaredDistance } from "./vectors.ts";

export interface KMeansOptions {
  readonly width: number;
  readonly clusters: number;
  readonly iterations: number;
  readonly random: RandomStream;
  readonly signal?: AbortSignal | undefined;
}

export interface Clusters {
  /** [clusters * width] */
  readonly centres: Float32Array;
  /** [vectors], the nearest centre of each. */
  readonly cluster: Int32Array;
  /** [clusters], vectors of each. */
  readonly sizes: Float32Array;
}

/** Like scikit-learn: centres that moved less than this share of the mean variance stand still. */
const TOLERANCE = 1e-4;

/**
 * Lloyd's algorithm from the k-means++ start (Arthur and Vassilvitskii 2007) on [n * width] vectors. A
 * cluster without vectors starts anew from one of them, drawn at random.
 */
export async function kMeans(vectors: Float32Array, options: KMeansOptions): Promise<Clusters> {
  const { width, clusters, iterations, random, signal } = options;
  const n = vectors.length / width;
  const centres = plusPlus(vectors, options);
  const cluster = new Int32Array(n);
  const sizes = new Float32Array(clusters);
  const sums = new Float64Array(clusters * width);
  const still = TOLERANCE * meanVariance(vectors, width);
  for (let iteration = 0; iteration < iterations; iteration++) {
    await pause(signal);
    sums.fill(0);
    assign();
    for (let i = 0; i < n; i++)
      for (let k = 0; k < width; k++) sums[cluster[i]! * width + k]! += vectors[i * width + k]!;
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
      sizes[cluster[i]!]! += 1;
    }
  }
}

/** Each further centre is a vector, drawn in proportion to its squared distance to the centres so far. */
function plusPlus(vectors: Float32Array, { width, clusters, random }: KMeansOptions): Float32Array {
  const n = vectors.length / width;
  const centres = new Float32Array(clusters * width);
  const far = new Float64Array(n).fill(Infinity);
  let chosen = uniformBelow(random, n);
  for (let c = 0; c < clusters; c++) {
    centres.set(vectors.subarray(chosen * width, (chosen + 1) * width), c * width);
    let total = 0;
    for (let i = 0; i < n; i++) {
      far[i] = Math.min(far[i]!, squaredDistance(vectors, i, centres, c, width));
      total += far[i]!;
    }
    let rest = uniform(random) * total;
    // Where fewer different vectors exist than centres, the rest are drawn at random.
    chosen = total === 0 ? uniformBelow(random, n) : 0;
    if (total > 0) while (chosen < n - 1 && (rest -= far[chosen]!) >= 0) chosen += 1;
  }
  return centres;
}

function meanVariance(vectors: Float32Array, width: number): number {
  const n = vectors.length / width;
  let sum = 0;
  for (let k = 0; k < width; k++) {
    let mean = 0;
    let square = 0;
    for (let i = 0; i < n; i++) mean += vectors[i * width + k]! / n;
    for (let i = 0; i < n; i++) square += (vectors[i * width + k]! - mean) ** 2 / n;
    sum += square;
  }
  return sum / width;
}
