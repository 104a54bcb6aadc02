import type { Uses } from "./mechanism.ts";

/** So many uses of a Gaussian under Poisson sampling: [rate q, noise multiplier z, count]. */
export function sampled(...[samplingRate, noiseMultiplier, count]: [number, number, number]): Uses {
  return { mechanism: { kind: "gaussian", samplingRate, noiseMultiplier }, count };
}

export function laplace(scale: number, count: number): Uses {
  return { mechanism: { kind: "laplace", noiseMultiplier: scale }, count };
}

export function discreteGaussian(noiseMultiplier: number, count: number): Uses {
  return { mechanism: { kind: "discrete-gaussian", noiseMultiplier }, count };
}
