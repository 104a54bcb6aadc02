import { uniform, uniformBelow, streamOf } from "@atoll/core/random";
import { expect, test } from "vitest";
import { fit, type World, type WorldRows } from "./fit.fixture.ts";
import { SEEDS } from "./seeds.fixture.ts";

/** Clicks where user and item are of one of two kinds, in a world without better items or users. */
function pairwiseWorld(seed: number): World {
  const random = streamOf(seed, "pairwise");
  const rows = (numRows: number): WorldRows => {
    const categorical = new Int32Array(2 * numRows);
    const label = new Float32Array(numRows);
    for (let row = 0; row < numRows; row++) {
      const [user, item] = [uniformBelow(random, 30), uniformBelow(random, 30)];
      categorical.set([2 + user, 2 + item], 2 * row);
      label[row] = uniform(random) < (user % 2 === item % 2 ? 0.8 : 0.2) ? 1 : 0;
    }
    return { numRows, categorical, numeric: new Float32Array(0), label };
  };
  return {
    schema: {
      categorical: [
        { name: "user", of: "user", numRows: 32 },
        { name: "item", of: "item", numRows: 32 },
      ],
      numeric: [],
    },
    train: rows(4000),
    test: rows(2000),
  };
}

test.each(SEEDS)("fm learns pairs that lr cannot express, seed %i", async (seed) => {
  const world = pairwiseWorld(seed);
  const options = { epochs: 15, batchSize: 256, learningRate: 0.01, seed };
  const lr = await fit({ kind: "lr" }, world, options);
  const fm = await fit({ kind: "fm", width: 4, embeddingStd: 0.1 }, world, options);
  // The true probabilities have an AUC of .8.
  expect(lr.auc[0]).toBeLessThan(0.55);
  expect(fm.auc[0]).toBeGreaterThan(0.75);
});
