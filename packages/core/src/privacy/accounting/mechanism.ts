/**
 * What one release does to what it releases, as an accountant reads it. Noise multipliers are standard
 * deviations (Laplace: scales) of the noise over the sensitivity, which is that of one unit of privacy
 * added or removed: in Euclidean norm, for Laplace in sums of absolute values.
 */
export type Mechanism =
  | {
      readonly kind: "gaussian";
      readonly noiseMultiplier: number;
      /** Probability with which each unit takes part, by itself and in secret (Poisson); 1: all do. */
      readonly samplingRate: number;
    }
  /** Gaussian noise on the integers, of integers. */
  | { readonly kind: "discrete-gaussian"; readonly noiseMultiplier: number }
  | { readonly kind: "laplace"; readonly noiseMultiplier: number };

/** The same mechanism used so many times on the same data. */
export interface Uses {
  readonly mechanism: Mechanism;
  readonly count: number;
}
