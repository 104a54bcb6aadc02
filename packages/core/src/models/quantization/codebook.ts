import { uniformBelow, type RandomStream } from "../../random/index.ts";

/**
 * One level's codes and how they are used. The arrays are the live ones: whoever writes to them between
 * two steps, a federation that joined several parties' for instance, trains on from what was written.
 */
export interface Codebook {
  /** [codes * width] */
  readonly rows: Float32Array;
  /** [codes], N: moving average of the uses per batch. */
  readonly counts: Float32Array;
  /** [codes * width], S: moving average of the sums of residuals that chose a code. */
  readonly sums: Float32Array;
  /** Somebody else's for the time being: steps leave the rows as they are, no code starts anew. */
  isFixed: boolean;
}

export type Averages = Omit<Codebook, "isFixed">;

/** What a batch did at one level. */
export interface LevelBatch {
  /** [batch] */
  readonly codes: Int32Array;
  /** [batch * width] */
  readonly residuals: Float32Array;
}

/**
 * N <- g N + (1 - g) n,   S <- g S + (1 - g) s, with n_k the uses of code k in the batch and s_k the sum
 * of the residuals that chose it. Van den Oord et al. 2017, appendix A.1.
 */
export function countUses(
  { counts, sums }: Pick<Averages, "counts" | "sums">,
  batch: LevelBatch,
  decay: number,
): void {
  const { codes, residuals } = batch;
  const width = sums.length / counts.length;
  const share = 1 - decay;
  for (let k = 0; k < counts.length; k++) counts[k]! *= decay;
  for (let at = 0; at < sums.length; at++) sums[at]! *= decay;
  for (let b = 0; b < codes.length; b++) {
    const code = codes[b]!;
    counts[code]! += share;
    for (let k = 0; k < width; k++) sums[code * width + k]! += share * residuals[b * width + k]!;
  }
}

/**
 * e_k <- S_k / M_k with Laplace smoothing of the counts,
 *
 *   M_k = (N_k + epsilon) / (sum N + K epsilon) sum N.
 */
export function moveToAverages({ rows, counts, sums }: Averages, epsilon: number): void {
  const numCodes = counts.length;
  const width = sums.length / numCodes;
  const total = counts.reduce((sum, count) => sum + count, 0);
  for (let k = 0; k < numCodes; k++) {
    const smoothed = ((counts[k]! + epsilon) / (total + numCodes * epsilon)) * total;
    for (let at = k * width; at < (k + 1) * width; at++) rows[at] = sums[at]! / smoothed;
  }
}

/**
 * Codes with N_k < threshold become residuals of the batch, drawn at random, with N_k = threshold and
 * S_k = threshold times that residual (Zeghidour et al. 2021; lucidrains). Returns these codes.
 */
export function restartDead(
  { rows, counts, sums }: Averages,
  { residuals, codes }: LevelBatch,
  threshold: number,
  random: RandomStream,
): number[] {
  const width = sums.length / counts.length;
  const dead = [...counts.keys()].filter((k) => counts[k]! < threshold);
  for (const k of dead) {
    const from = uniformBelow(random, codes.length) * width;
    counts[k] = threshold;
    for (let i = 0; i < width; i++) {
      rows[k * width + i] = residuals[from + i]!;
      sums[k * width + i] = threshold * residuals[from + i]!;
    }
  }
  return dead;
}
