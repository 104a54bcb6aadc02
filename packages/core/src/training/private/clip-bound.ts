import type { OptimiserState } from "../../optim/index.ts";
import {
  adaptiveClip,
  addGaussian,
  sumNoiseMultiplier,
  type RandomBytes,
} from "../../privacy/mechanisms/index.ts";
import type { PrivateTraining } from "../private-training.ts";

/** The bound on norms, step by step. */
export interface ClipBound {
  /** C of the next step, a float32. */
  readonly now: () => number;
  /** Noise multiplier of the clipped sum, beside whatever the bound itself costs. */
  readonly noiseMultiplier: number;
  /** After a step in which the bound left `unclipped` of `units` gradients as they were. */
  readonly move: (unclipped: number, units: number, randomBytes: RandomBytes) => void;
  /** Absent where the bound is fixed. */
  readonly memory?: OptimiserState;
}

/** A bound that stays above this takes part in float32 arithmetic without vanishing. */
const LEAST = 1e-12;

export function createClipBound(privacy: PrivateTraining, batchUnits: number): ClipBound {
  const { clip, noiseMultiplier } = privacy;
  if (clip.kind === "fixed") {
    const norm = Math.fround(clip.norm);
    return { now: () => norm, noiseMultiplier, move: () => undefined };
  }
  const countNoise = countNoiseOf(clip, batchUnits);
  const rule = adaptiveClip({ ...clip, countNoise, expectedUnits: batchUnits });
  const bound = Float32Array.of(rule.init());
  const memory: OptimiserState = { step: 0, moments: { bound } };
  const count = new Float64Array(1);
  return {
    now: () => bound[0]!,
    noiseMultiplier: sumNoiseMultiplier(noiseMultiplier, countNoise),
    move: (unclipped, units, randomBytes) => {
      count[0] = unclipped - units / 2;
      if (noiseMultiplier > 0) addGaussian(count, countNoise, randomBytes);
      bound[0] = Math.max(LEAST, rule.step(bound[0]!, count[0]));
      memory.step++;
    },
    memory,
  };
}

/** Deviation of the noise on the count of unclipped units: as set, or a twentieth of the expected units. */
export function countNoiseOf(
  { countNoise }: { readonly countNoise: number | undefined },
  batchUnits: number,
): number {
  return countNoise ?? batchUnits / 20;
}
