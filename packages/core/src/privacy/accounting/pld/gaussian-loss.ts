import type { Direction, Loss } from "./loss.ts";

interface GaussianLossOptions {
  /** Above 0, at most 1. */
  readonly samplingRate: number;
  /** Above 0, finite. */
  readonly noiseMultiplier: number;
  readonly direction: Direction;
  /** Mass that may be left out. */
  readonly tail: number;
}

/**
 * Privacy loss of the Gaussian mechanism under Poisson sampling. With
 * f(x) = 1 - q + q exp((2x - 1) / (2 z^2)), the density of (1 - q) N(0, z^2) + q N(1, z^2) over N(0, z^2):
 *
 *   remove: log f(x), x of the mixture
 *   add: -log f(-x), x ~ N(0, z^2)      (mirrored, so that it grows with x)
 */
export function gaussianLoss({
  samplingRate: q,
  noiseMultiplier: z,
  direction,
  tail,
}: GaussianLossOptions): Loss {
  const logF = (x: number): number => {
    const exponent = (2 * x - 1) / (2 * z * z);
    if (q === 1) return exponent;
    return exponent < 700 ? Math.log1p(q * Math.expm1(exponent)) : Math.log(q) + exponent;
  };
  const whereLogF = (value: number): number => z * z * exponentAt(value, q) + 0.5;
  const normal = (x: number): number =>
    Math.exp(-0.5 * (x / z) ** 2) / (z * Math.sqrt(2 * Math.PI));
  // Beyond t deviations lies at most exp(-t^2 / 2) / 2 on either side.
  const reach = z * Math.sqrt(-2 * Math.log(tail));
  // The density bends within z; log f is singular pi z^2 beside the real line.
  const common = { atoms: [], bend: Math.min(z, 4 * z * z), outside: tail };
  switch (direction) {
    case "remove":
      return {
        ...common,
        from: -reach,
        to: 1 + reach,
        density: (x) => (1 - q) * normal(x) + q * normal(x - 1),
        loss: logF,
        inverse: whereLogF,
      };
    case "add":
      return {
        ...common,
        from: -reach,
        to: reach,
        density: normal,
        loss: (x) => -logF(-x),
        inverse: (loss) => -whereLogF(-loss),
      };
  }
}

/** The exponent w at which log(1 - q + q exp(w)) has the value; -Infinity from log(1 - q) down. */
function exponentAt(value: number, q: number): number {
  if (q === 1) return value;
  if (value > 700) return value - Math.log(q);
  const excess = Math.expm1(value) / q;
  return excess > -1 ? Math.log1p(excess) : -Infinity;
}
