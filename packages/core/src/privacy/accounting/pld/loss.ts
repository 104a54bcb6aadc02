/**
 * Distribution of the privacy loss log(P(x) / Q(x)) of one use, x ~ P: P is what is released with the unit, or
 * without it, Q the other way round. Points with mass of their own, and mass spread along x.
 */
export interface Loss {
  readonly atoms: readonly { readonly loss: number; readonly mass: number }[];
  /** Interval of x that the spread mass lies on; what is outside is in `outside`. */
  readonly from: number;
  readonly to: number;
  /** Length of x on which density and loss are nearly polynomials. */
  readonly bend: number;
  readonly density: (x: number) => number;
  /** Loss at x: it grows with x. */
  readonly loss: (x: number) => number;
  /** Where the loss is reached; -Infinity and Infinity for losses that never are. */
  readonly inverse: (loss: number) => number;
  /** Upper bound of the mass that is left out, which counts as loss without bound. */
  readonly outside: number;
}

/** Which of two neighbours P is: the one from which a unit was removed to get Q, or the one it is added to. */
export type Direction = "remove" | "add";
