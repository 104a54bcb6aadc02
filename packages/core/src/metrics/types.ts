import type { EvaluationExamples } from "../data/index.ts";

/** Scored rows of one client: scores aligned with the examples. */
export interface Scored {
  readonly examples: EvaluationExamples;
  /** [numRows * tasks], probabilities, or any finite scores where only their order is measured. */
  readonly scores: Float64Array | Float32Array;
  readonly numUsers: number;
}

/** How equal scores are ranked: the positive last, in expectation over random order, or first. */
export type Ties = "pessimistic" | "expected" | "optimistic";

/**
 * A metric's value with the influence of each user: to first order, a bootstrap sample that holds user
 * u m_u times has the metric `value + sum_u (m_u - 1) influence[u]` (infinitesimal jackknife, Efron
 * 1982). For ratios of sums over users it is the delta method. Intervals and paired tests of every
 * metric need only these vectors.
 */
export interface Defined {
  readonly kind: "value";
  readonly value: number;
  /** [numUsers], 0 for users without rows; [numRows] where numUsers is 1, every row then being a unit. */
  readonly influence: Float64Array;
  /** As long as `influence`; 1 for users that took part. */
  readonly present: Uint8Array;
  /**
   * Which unit of the client each entry stands for, where seeds measure different units, as folds do whose
   * rows are the units. Absent: entry u is unit u, whatever the seed.
   */
  readonly units?: Int32Array;
}

/** A metric that these rows do not define, with the reason: never a number that looks like one. */
export interface Undefined {
  readonly kind: "undefined";
  readonly reason: string;
}

export type Measured = Defined | Undefined;

/** Names like `auc`, `logloss`, `ndcg@10`. */
export type MetricName = string;

/** What a positive at rank r (from 1) is worth, with the cut-off k. */
export type Gain = (rank: number, k: number) => number;

/** One line of the metric table. */
export interface MetricDefinition {
  /** For people, `@k` left out. */
  readonly label: string;
  /** Meaning, formula and source in one sentence. */
  readonly summary: string;
  readonly higherIsBetter: boolean;
  /** `lists`: ranked candidates, one positive each; `labels`: any labelled rows. */
  readonly needs: "labels" | "lists";
  /** Whether scores must be probabilities. */
  readonly probabilities: boolean;
  /** Whether the name carries a cut-off, as in `ndcg@10`. */
  readonly cutoff: boolean;
  /** Of metrics that are the mean over lists of a gain: these are measured a part of the lists at a time. */
  readonly gain?: Gain;
  readonly measure: (
    scored: Scored,
    options: { readonly k: number; readonly ties: Ties },
  ) => Measured;
}
