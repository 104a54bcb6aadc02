/** Scores pairs of user and item by what was learned from training positives. */
export interface Recommender {
  /** [user.length] finite numbers; a larger one means a better match. They are no probabilities. */
  readonly score: (user: Int32Array, item: Int32Array) => Float64Array;
}

export interface FitOptions {
  /** Stops the fit, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told after each pass; `loss` is the mean over its triples. */
  readonly onEpoch?: (report: { readonly epoch: number; readonly loss: number }) => void;
}
