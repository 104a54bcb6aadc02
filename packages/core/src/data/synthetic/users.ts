import { uniform, uniformBelow, type RandomStream } from "../../random/index.ts";
import { latentOf, NUM_VALUES } from "./taste.ts";

/** A market's users, attribute by attribute. */
export interface Users {
  readonly count: number;
  readonly segment: Int32Array;
  readonly device: Int32Array;
  readonly age: Float64Array;
  /** [count * LATENT] */
  readonly hidden: Float64Array;
}

export function drawUsers(count: number, stream: RandomStream): Users {
  const draw = (below: number) =>
    Int32Array.from({ length: count }, () => uniformBelow(stream, below));
  return {
    count,
    segment: draw(NUM_VALUES.segment),
    device: draw(NUM_VALUES.device),
    age: Float64Array.from({ length: count }, () => 18 + Math.floor(uniform(stream) * 60)),
    hidden: latentOf(count, stream),
  };
}
