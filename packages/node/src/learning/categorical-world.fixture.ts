import { FIRST_VALUE_ROW } from "@atoll/core/data";
import { streamOf, uniform, uniformBelow, type RandomStream } from "@atoll/core/random";
import type { World, WorldRows } from "./fit.fixture.ts";

export interface CategoricalWorld {
  readonly seed: number;
  /** How many values each feature has. */
  readonly values: Readonly<Record<string, number>>;
  readonly numTrain: number;
  readonly numTest: number;
  /** Draws an example's values. Default: all equally often, each feature by itself. */
  readonly draw?: (random: RandomStream) => readonly number[];
  /** Log-odds of a click. */
  readonly logit: (values: readonly number[]) => number;
}

/** A world of categorical features whose true log-odds are known. */
export function categoricalWorld(world: CategoricalWorld): World {
  const { seed, logit, numTrain, numTest } = world;
  const counts = Object.values(world.values);
  const random = streamOf(seed, "categorical world");
  const draw = world.draw ?? (() => counts.map((count) => uniformBelow(random, count)));
  const rows = (numRows: number): WorldRows => {
    const categorical = new Int32Array(counts.length * numRows);
    const label = new Float32Array(numRows);
    for (let row = 0; row < numRows; row++) {
      const values = draw(random);
      values.forEach((value, f) => {
        categorical[row * counts.length + f] = FIRST_VALUE_ROW + value;
      });
      label[row] = uniform(random) < 1 / (1 + Math.exp(-logit(values))) ? 1 : 0;
    }
    return { numRows, categorical, numeric: new Float32Array(0), label };
  };
  return {
    schema: {
      categorical: Object.entries(world.values).map(([name, count]) => ({
        name,
        of: "context",
        numRows: FIRST_VALUE_ROW + count,
      })),
      numeric: [],
    },
    train: rows(numTrain),
    test: rows(numTest),
  };
}

/** Half of the values are +1, the other half -1: a feature alone tells nothing. */
export function sign(value: number): number {
  return value % 2 === 0 ? 1 : -1;
}
