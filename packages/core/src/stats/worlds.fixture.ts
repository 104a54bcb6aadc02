import type { Defined } from "../metrics/index.ts";
import { normal, streamOf } from "../random/index.ts";

/** Deviations of what a metric's value is made of. */
export interface World {
  readonly numUsers: number;
  readonly numSeeds: number;
  /** A user's own level, the same for every seed. */
  readonly users?: number;
  /** A training seed's own level, the same for every user. */
  readonly seeds?: number;
  /** What is particular to a user under a seed. */
  readonly both?: number;
  /** True mean. */
  readonly level?: number;
  /** Users' levels are centred log-normal rather than normal. */
  readonly skewed?: boolean;
}

/** A mean over users, measured in a world drawn anew for each trial: one measurement per seed. */
export function drawWorld(world: World, trial: string): Defined[] {
  const { numUsers, numSeeds, users = 0, seeds = 0, both = 0, level = 0, skewed = false } = world;
  const stream = streamOf(11, "world", trial);
  const draw = () => (skewed ? Math.exp(normal(stream)) - Math.exp(0.5) : normal(stream));
  const own = Float64Array.from({ length: numUsers }, () => level + users * draw());
  return Array.from({ length: numSeeds }, () => {
    const shift = seeds * normal(stream);
    const values = own.map((value) => value + shift + (both > 0 ? both * normal(stream) : 0));
    return meanOver(values);
  });
}

/** The mean over users of one value each. */
export function meanOver(values: ArrayLike<number>): Defined {
  const numUsers = values.length;
  let value = 0;
  for (let u = 0; u < numUsers; u++) value += values[u]! / numUsers;
  return {
    kind: "value",
    value,
    influence: Float64Array.from(values, (own) => (own - value) / numUsers),
    present: new Uint8Array(numUsers).fill(1),
  };
}
