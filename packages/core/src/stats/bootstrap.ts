import { normal, streamOf } from "../random/index.ts";

/** Units that are drawn by themselves; where there are more, every `MAX_UNITS`-th shares a draw. */
export const MAX_UNITS = 16_384;

/** Units whose draws for all samples are held at once: a megabyte for 2,000 samples stays in cache. */
const BLOCK = 64;

/** Cumulative chances of 0, 1, 2 ... under Poisson(1), in 32 bits: a draw below entry m and no earlier is m. */
const CUMULATIVE = poissonThresholds();

function poissonThresholds(): Float64Array {
  const thresholds: number[] = [];
  let chance = 1 / Math.E;
  let cumulative = 0;
  for (let m = 0; cumulative < 1 - 2 ** -32; m++) {
    cumulative += chance;
    chance /= m + 1;
    thresholds.push(Math.floor(cumulative * 2 ** 32));
  }
  return Float64Array.of(...thresholds, Infinity);
}

export interface DeltaOptions {
  readonly samples: number;
  /** Names the draws: equal names see equal draws, whatever the vectors are. */
  readonly client: string;
}

/**
 * What bootstrap samples of a client's users do to statistics with the given influences (one vector per
 * statistic, of any lengths): for sample i and multiplicities m_iu,
 *
 *   delta_i = sum_u (m_iu - 1) influence_u,   m_iu ~ Poisson(1).
 *
 * Influences add up to 0, which is why independent Poisson draws give the mean and the variance,
 * sum influence^2, of drawing n of n users with replacement. They do not depend on how many users a
 * statistic knows, so one draw serves every method, metric and seed: differences of deltas are deltas of
 * differences. Beyond `MAX_UNITS` users, users u and u + MAX_UNITS are drawn together; as users are
 * independent that leaves the variance unbiased (relative error of the deviation sqrt(1 / 2 MAX_UNITS),
 * less than that of 2,000 samples).
 *
 * Returns [vectors.length] arrays of [samples].
 */
export function userDeltas(
  vectors: readonly Float64Array[],
  { samples, client }: DeltaOptions,
): Float64Array[] {
  const stream = streamOf(0, "bootstrap", "users", client);
  const folded = vectors.map(fold);
  const numUnits = Math.max(0, ...folded.map((vector) => vector.length));
  const deltas = folded.map(() => new Float64Array(samples));
  const extra = new Float64Array(BLOCK * samples);
  for (let start = 0; start < numUnits; start += BLOCK) {
    // A whole block is always drawn, so that the draws of a unit do not depend on the number of units.
    for (let i = 0; i < extra.length; i++) {
      const draw = stream.next() >>> 0;
      let count = 0;
      while (draw >= CUMULATIVE[count]!) count++;
      extra[i] = count - 1;
    }
    folded.forEach((vector, v) =>
      addBlock(extra, vector.subarray(start, start + BLOCK), deltas[v]!),
    );
  }
  return deltas;
}

/** delta_i += sum_u extra[i * BLOCK + u] influence_u, in four sums so that additions overlap. */
function addBlock(extra: Float64Array, influence: Float64Array, delta: Float64Array): void {
  const length = influence.length;
  const whole = length - (length % 4);
  for (let sample = 0; sample < delta.length; sample++) {
    const row = sample * BLOCK;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let u = 0;
    for (; u < whole; u += 4) {
      a += extra[row + u]! * influence[u]!;
      b += extra[row + u + 1]! * influence[u + 1]!;
      c += extra[row + u + 2]! * influence[u + 2]!;
      d += extra[row + u + 3]! * influence[u + 3]!;
    }
    for (; u < length; u++) a += extra[row + u]! * influence[u]!;
    delta[sample]! += a + b + (c + d);
  }
}

function fold(vector: Float64Array): Float64Array {
  if (vector.length <= MAX_UNITS) return vector;
  const folded = vector.slice(0, MAX_UNITS);
  for (let u = MAX_UNITS; u < vector.length; u++) folded[u % MAX_UNITS]! += vector[u]!;
  return folded;
}

/** Standard normal draws, [samples]: the noise of the seeds, the same for every method and metric. */
export function seedNoise(samples: number): Float64Array {
  const stream = streamOf(0, "bootstrap", "seeds");
  return Float64Array.from({ length: samples }, () => normal(stream));
}
