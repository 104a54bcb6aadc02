import type { CodebooksConfig } from "../config.ts";

/** What one market says of one codebook after a round; which of these, the aggregation decides. */
export interface Contribution {
  /** [codes * width]: its rows after training; of a code that it does not use, the row it was given. */
  readonly rows?: Float32Array;
  /** [codes]: its entities by code. */
  readonly counts?: Float32Array;
  /** [codes * width]: the sum of the residuals that chose a code; in doubles where noise is still to come. */
  readonly sums?: Float32Array | Float64Array;
  readonly numEntities: number;
}

/** One codebook as whoever joins it knows it. */
export interface JoinedCodebook {
  /** [codes * width], C */
  readonly rows: Float32Array;
  /** [codes], N, and [codes * width], S: moving averages; of aggregation `sums` alone. */
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  /** Rounds joined so far. */
  joins: number;
}

export type AggregateOptions = Pick<CodebooksConfig, "aggregation" | "clientWeight" | "decay"> & {
  /** Only with noise. Means of clipped vectors are no longer than this. */
  readonly longest?: number;
  /** Only with noise: the deviation of a market's counts. */
  readonly deviation?: number;
};

/** Keeps sums of codes with next to no entities from being divided by nothing. */
const EPSILON = 1e-5;

export function joinedCodebook(rows: Float32Array, numCodes: number): JoinedCodebook {
  return {
    rows,
    counts: new Float64Array(numCodes),
    sums: new Float64Array(rows.length),
    joins: 0,
  };
}

/**
 * What one entity of each market counts: w_m = 1, 1 / sqrt(n_m) or 1 / n_m, all scaled so that
 * sum_m w_m n_m = sum_m n_m and counts stay numbers of entities.
 */
export function entityWeights(
  sizes: readonly number[],
  rule: CodebooksConfig["clientWeight"],
): number[] {
  const raw = sizes.map((n) =>
    n === 0 ? 0 : rule === "samples" ? 1 : rule === "sqrt" ? 1 / Math.sqrt(n) : 1 / n,
  );
  const total = sizes.reduce((sum, n) => sum + n, 0);
  const weighted = sizes.reduce((sum, n, m) => sum + raw[m]! * n, 0);
  return raw.map((weight) => (weighted === 0 ? 0 : (weight * total) / weighted));
}

/**
 * Joins a round's contributions into the codebook, in place, in the order given:
 *
 *   usage    C_k = sum_m w_m N_mk C_mk / sum_m w_m N_mk
 *   samples  C_k = sum_m w_m n_m C_mk / sum_m w_m n_m
 *   sums     N_k <- g N_k + (1 - g) sum_m w_m N_mk,  S_k likewise,  C_k = S_k / (N_k + 1e-5)
 *
 * A row that nobody used stays, to the last bit; that of a single market becomes its own, to the last bit
 * (but for `sums`). Returns each code's uses, sum_m w_m N_mk; of `samples`, where no counts are sent, the
 * entities of the markets that changed the row. With noise a code counts as used, and its row moves, above
 * twice the noise's deviation.
 */
export function joinRound(
  joined: JoinedCodebook,
  contributions: readonly Contribution[],
  options: AggregateOptions,
): Float64Array {
  const { aggregation, clientWeight } = options;
  const weights = entityWeights(
    contributions.map(({ numEntities }) => numEntities),
    clientWeight,
  );
  const uses = usesOf(joined, contributions, weights, options);
  if (aggregation === "sums") moveBySums(joined, contributions, weights, uses, options);
  else {
    const numCodes = joined.counts.length;
    const width = joined.rows.length / numCodes;
    const total = contributions.reduce(
      (sum, { numEntities }, m) => sum + weights[m]! * numEntities,
      0,
    );
    for (let k = 0; k < numCodes; k++) {
      if (uses[k] === 0) continue;
      const shares = contributions.map(({ counts, numEntities }, m) =>
        aggregation === "usage"
          ? (weights[m]! * counts![k]!) / uses[k]!
          : (weights[m]! * numEntities) / total,
      );
      for (let at = k * width; at < (k + 1) * width; at++)
        joined.rows[at] = contributions.reduce(
          (sum, { rows }, m) => sum + shares[m]! * rows![at]!,
          0,
        );
    }
  }
  joined.joins += 1;
  return uses;
}

function usesOf(
  { rows, counts }: JoinedCodebook,
  contributions: readonly Contribution[],
  weights: readonly number[],
  { deviation = 0 }: AggregateOptions,
): Float64Array {
  const width = rows.length / counts.length;
  const least = 2 * deviation * Math.hypot(...weights);
  return Float64Array.from(counts, (_, k) => {
    let uses = 0;
    contributions.forEach((given, m) => {
      if (given.counts !== undefined) uses += weights[m]! * given.counts[k]!;
      else if (differs(given.rows!, rows, k * width, (k + 1) * width))
        uses += weights[m]! * given.numEntities;
    });
    return uses > least ? uses : 0;
  });
}

function differs(a: Float32Array, b: Float32Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (a[at] !== b[at]) return true;
  return false;
}

function moveBySums(
  joined: JoinedCodebook,
  contributions: readonly Contribution[],
  weights: readonly number[],
  uses: Float64Array,
  { decay, longest = Infinity, deviation = 0 }: AggregateOptions,
): void {
  const { rows, counts, sums } = joined;
  const width = rows.length / counts.length;
  const average = (
    into: Float64Array,
    of: (given: Contribution) => Float32Array | Float64Array,
  ) => {
    for (let at = 0; at < into.length; at++) {
      let now = 0;
      contributions.forEach((given, m) => (now += weights[m]! * of(given)[at]!));
      into[at] = decay * into[at]! + (1 - decay) * now;
    }
  };
  average(counts, (given) => given.counts!);
  average(sums, (given) => given.sums!);
  // The averages start at 0: what has been counted so far is a share 1 - g^rounds of a count.
  const share = 1 - decay ** (joined.joins + 1);
  const least = 2 * deviation * Math.hypot(...weights);
  for (let k = 0; k < counts.length; k++) {
    if (deviation > 0 ? counts[k]! / share <= least : uses[k] === 0) continue;
    let square = 0;
    for (let at = k * width; at < (k + 1) * width; at++) {
      rows[at] = sums[at]! / (counts[k]! + EPSILON);
      square += rows[at]! ** 2;
    }
    const shrink = Math.min(1, longest / Math.sqrt(square));
    if (shrink < 1) for (let at = k * width; at < (k + 1) * width; at++) rows[at]! *= shrink;
  }
}

/** Shares of markets in a mean of whole networks: w_m n_m / sum_m w_m n_m. */
export function marketShares(
  sizes: readonly number[],
  rule: CodebooksConfig["clientWeight"],
): number[] {
  const weights = entityWeights(sizes, rule);
  const total = sizes.reduce((sum, n) => sum + n, 0);
  return sizes.map((n, m) => (total === 0 ? 1 / sizes.length : (weights[m]! * n) / total));
}
