import type { Loss } from "./loss.ts";

/**
 * Privacy loss of the Laplace mechanism with scale b, the same in both directions: 1 / b for noise on the far
 * side (half the mass), -1 / b beyond the neighbour's value (exp(-1 / b) / 2), (2x - 1) / b at distance 1 - x
 * from one value and x from the other.
 */
export function laplaceLoss(scale: number): Loss {
  return {
    atoms: [
      { loss: 1 / scale, mass: 0.5 },
      { loss: -1 / scale, mass: 0.5 * Math.exp(-1 / scale) },
    ],
    from: 0,
    to: 1,
    bend: scale,
    density: (x) => Math.exp((x - 1) / scale) / (2 * scale),
    loss: (x) => (2 * x - 1) / scale,
    inverse: (loss) => 0.5 * (loss * scale + 1),
    outside: 0,
  };
}
