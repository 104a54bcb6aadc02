export type Vector = Float32Array | Float64Array;

export interface MixingStep {
  /** a, the weight with which `direction` went into what the client received. */
  readonly weight: number;
  readonly learningRate: number;
  /** What the client received, with a * U in it. */
  readonly received: Vector;
  /** The same parameters after its next local training. */
  readonly trained: Vector;
  /** U. */
  readonly direction: Vector;
}

/**
 * Learns how much of a common direction a client wants, from where it goes next:
 *
 *   a <- clip(a - eta <P_received - P_trained, U> / ||U||^2, 0, 1)
 *
 * P_received - P_trained stands for the gradient of the client's loss at P_received, and dP_received / da = U, so the
 * product is dL / da (FedHCA2, arXiv 2311.13250, which leaves out the division). A client that trains
 * further along U wants more of it: moving by m U changes a by eta m, whatever the scale of U. A zero
 * direction teaches nothing.
 */
export function mixingStep({ weight, learningRate, received, trained, direction }: MixingStep) {
  let moved = 0;
  let square = 0;
  for (let i = 0; i < direction.length; i++) {
    moved += (trained[i]! - received[i]!) * direction[i]!;
    square += direction[i]! * direction[i]!;
  }
  const next = square > 0 ? weight + (learningRate * moved) / square : weight;
  return Math.min(1, Math.max(0, next));
}
