import { streamOf } from "@atoll/core/random";
import { describe, expect, test } from "vitest";
import { fit } from "./fit.fixture.ts";
import { dot, onlyTask, taskWorld, vectors } from "./task-world.fixture.ts";
import { SEEDS } from "./seeds.fixture.ts";

const mean = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;

describe("four tasks that have nothing in common: each the product of two numbers of its own", () => {
  test.each(SEEDS)("experts keep apart what one bottom mixes up, seed %i", async (seed) => {
    const world = taskWorld({
      seed,
      values: {},
      numNumeric: 8,
      tasks: ["a", "b", "c", "d"],
      numTrain: 6000,
      numTest: 3000,
      logits: (_, x) => [0, 2, 4, 6].map((i) => 3 * x[i]! * x[i + 1]!),
    });
    const options = { epochs: 12, batchSize: 128, learningRate: 0.01, seed };
    // Sixteen hidden units in shared-bottom and mmoe, and twenty of ple.
    const [shared, mixture, layered] = await Promise.all(
      [
        { kind: "shared-bottom", bottomHidden: [16] },
        { kind: "mmoe", experts: 4, expertHidden: [4] },
        { kind: "ple", taskExperts: 1, sharedExperts: 1, expertHidden: [4] },
      ].map((config) => fit({ ...config, towerHidden: [4] }, world, options)),
    );
    // One of the tasks is given up.
    expect(Math.min(...shared!.auc)).toBeLessThan(0.76);
    for (const fitted of [mixture!, layered!]) {
      expect(Math.min(...fitted.auc)).toBeGreaterThan(0.8);
      expect(mean(fitted.logloss)).toBeLessThan(mean(shared!.logloss) - 0.015);
    }
  });
});

describe("conversions that follow a twentieth of the impressions, by tastes that users and items have", () => {
  test.each(SEEDS)("are learned with the clicks, not alone, seed %i", async (seed) => {
    const random = streamOf(seed, "truth");
    const [user, item, buyer, good] = [40, 40, 40, 40].map((count) => vectors(random, count, 2));
    const world = taskWorld({
      seed,
      values: { user: 40, item: 40 },
      tasks: ["click", "buy"],
      numTrain: 8000,
      numTest: 8000,
      inSequence: true,
      logits: ([u, i]) => [
        1.5 * dot(user![u!]!, item![i!]!) - 2,
        dot(buyer![u!]!, good![i!]!) - 1.5,
      ],
    });
    const common = { width: 8, embeddingStd: 0.1 };
    const options = { epochs: 10, batchSize: 256, learningRate: 0.01, seed };
    const alone = { kind: "shared-bottom", bottomHidden: [16], towerHidden: [], ...common };
    const chained = { kind: "aitm", bottomHidden: [16], towerHidden: [], ...common };
    const [single, esmm, aitm] = await Promise.all([
      fit(alone, onlyTask(world, 1), options),
      fit({ kind: "esmm", towerHidden: [16], ...common }, world, options),
      fit(chained, world, options),
    ]);
    for (const fitted of [esmm, aitm]) {
      expect(fitted.auc[1]).toBeGreaterThan(single.auc[0]! + 0.05);
      expect(fitted.logloss[1]).toBeLessThan(single.logloss[0]!);
    }
  });
});

describe("two tasks in which users and items have unrelated tastes", () => {
  test.each(SEEDS)("an embedding of each beats one for both, seed %i", async (seed) => {
    const random = streamOf(seed, "truth");
    const tables = [40, 40, 40, 40].map((count) => vectors(random, count, 2));
    const world = taskWorld({
      seed,
      values: { user: 40, item: 40 },
      tasks: ["a", "b"],
      numTrain: 8000,
      numTest: 4000,
      logits: ([u, i]) => [0, 2].map((t) => 2 * dot(tables[t]![u!]!, tables[t + 1]![i!]!)),
    });
    const options = { epochs: 12, batchSize: 256, learningRate: 0.01, seed };
    const common = { width: 4, expertHidden: [16], towerHidden: [8], embeddingStd: 0.1 };
    const [stem, mmoe] = await Promise.all([
      fit({ kind: "stem", ...common }, world, options),
      fit({ kind: "mmoe", experts: 3, ...common }, world, options),
    ]);
    expect(mean(stem.logloss)).toBeLessThan(mean(mmoe.logloss) - 0.015);
  });
});
