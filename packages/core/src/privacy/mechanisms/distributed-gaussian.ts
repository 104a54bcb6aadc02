import { AtollError } from "../../errors/index.ts";

/** Beyond so many deviations of the noise a sum may wrap around: probability 4e-33 a coordinate. */
const DEVIATIONS = 12;
/** Covers the rounding of the few operations below. */
const RESERVE = 2 ** -44;

export interface NoiseShareOptions {
  /** Of the sum, were only `minimumClients` to answer. */
  readonly noiseMultiplier: number;
  readonly clipNorm: number;
  readonly minimumClients: number;
  /** Most clients whose vectors are added. */
  readonly clients: number;
  /** Sums are taken modulo 2^bits. */
  readonly bits: number;
}

export interface NoiseShare {
  /** Distance of the grid's points. */
  readonly step: number;
  /** Parameter of the discrete Gaussian noise that each client adds, in steps: an integer. */
  readonly sigma: number;
}

/**
 * The finest grid on which the sum of all clients' clipped vectors with all their noise does not wrap
 * around, and each client's share of the noise on it:
 *
 *   clients C + 12 sigma step sqrt(clients) <= step (2^(bits - 1) - 1),
 *   sigma = ceil(z C / (step sqrt(minimumClients)))
 *
 * PRIVACY_BITS where the bits do not hold the noise of so many clients.
 */
export function noiseShare(options: NoiseShareOptions): NoiseShare {
  const { noiseMultiplier, clipNorm, minimumClients, clients, bits } = options;
  const share = (noiseMultiplier * clipNorm) / Math.sqrt(minimumClients);
  const spread = DEVIATIONS * Math.sqrt(clients);
  // Rounding sigma up adds less than a step.
  const steps = 2 ** (bits - 1) - 1 - (noiseMultiplier > 0 ? spread : 0);
  if (!(steps > 0))
    throw new AtollError(
      "PRIVACY_BITS",
      `integers of ${bits} bits do not hold the noise of ${clients} clients; take ${Math.ceil(Math.log2(spread + 2)) + 1} bits or more`,
    );
  const step = ((clients * clipNorm + spread * share) / steps) * (1 + RESERVE);
  return { step, sigma: Math.ceil((share / step) * (1 + RESERVE)) };
}

export interface DistributedNoise extends NoiseShare {
  readonly clipNorm: number;
  readonly minimumClients: number;
  /** Coordinates of the vector. */
  readonly dimension: number;
}

/**
 * Noise multiplier of the discrete Gaussian noise that costs what the sum of m clients' shares costs, which
 * is not quite discrete Gaussian itself: 1 / epsilon with
 *
 *   tau = 10 sum_{k=1}^{m-1} exp(-2 pi^2 sigma^2 k / (k + 1)),    s = Delta / (sqrt(m) sigma)
 *   epsilon^2 = min(s^2 + 2 tau d, (s + tau sqrt(d))^2)
 *
 * the sum being epsilon^2 / 2 concentrated (Kairouz, Liu, Steinke 2021, arXiv 2102.06387, proposition 14);
 * Delta is the bound on norms in steps, d the number of coordinates. 0 (no promise) for sigma < 1/2.
 */
export function distributedNoiseMultiplier(noise: DistributedNoise): number {
  const { step, sigma, clipNorm, minimumClients, dimension } = noise;
  if (sigma < 1 / 2) return 0;
  let tau = 0;
  for (let k = 1; k < minimumClients; k++)
    tau += 10 * Math.exp((-2 * Math.PI ** 2 * sigma ** 2 * k) / (k + 1));
  const scaled = clipNorm / step / (Math.sqrt(minimumClients) * sigma);
  const epsilon = Math.min(
    Math.sqrt(scaled ** 2 + 2 * tau * dimension),
    scaled + tau * Math.sqrt(dimension),
  );
  return (1 - RESERVE) / epsilon;
}
