import type { EvaluationExamples } from "../data/examples.ts";

/** Scored rows of one client: probabilities aligned with the examples. */
export interface Scored {
  readonly examples: EvaluationExamples;
  /** [numRows], each in [0, 1] or any finite score for ranking metrics. */
  readonly scores: Float64Array | Float32Array;
  readonly numUsers: number;
}

/**
 * A metric's value with the influence of each user: to first order, a bootstrap sample that holds user
 * u m_u times has the metric `value + sum_u (m_u - 1) influence[u]` (infinitesimal jackknife). For a
 * mean over users this is exact when the sample has as many users. Intervals and paired tests of every
 * metric then need only these vectors.
 */
export interface Measured {
  readonly value: number;
  /** [numUsers]; 0 for users without test rows. */
  readonly influence: Float64Array;
  /** Which users took part: 1 or 0. The bootstrap resamples among these. */
  readonly present: Uint8Array;
}

/** Names like `auc`, `logloss`, `ndcg@10`. */
export type MetricName = string;
