import { streamOf, uniformBelow } from "@atoll/core/random";
import { describe, expect, test } from "vitest";
import { fit } from "./fit.fixture.ts";
import { dot, taskWorld, vectors } from "./task-world.fixture.ts";
import { SEEDS } from "./seeds.fixture.ts";

/** A tower on the same features, the scenario among them: what pooling all scenarios gives. */
const pooled = { kind: "shared-bottom", bottomHidden: [32, 16], towerHidden: [] };
const common = { width: 4, embeddingStd: 0.1 };
const cases = SEEDS.flatMap((seed) =>
  [0.003, 0.01].map((learningRate) => ({ seed, learningRate })),
);

describe("a taste that turns into its opposite from scenario to scenario", () => {
  test.each(cases)("star over a pooled tower, $seed, $learningRate", async (options) => {
    const { seed } = options;
    const random = streamOf(seed, "truth");
    const [users, items] = [20, 20].map((count) => vectors(random, count, 2));
    const world = taskWorld({
      seed,
      values: { user: 20, item: 20, scenario: 4 },
      tasks: ["label"],
      numTrain: 4000,
      numTest: 4000,
      logits: ([u, i, s]) => [(s! % 2 === 0 ? 2 : -2) * dot(users![u!]!, items![i!]!)],
    });
    const training = { ...options, epochs: 15, batchSize: 128 };
    const star = { kind: "star", scenarios: 4, hidden: [32, 16], ...common };
    const [tower, own] = await Promise.all([
      fit({ ...pooled, ...common }, world, training),
      fit(star, world, training),
    ]);
    expect(own.auc[0]).toBeGreaterThan(tower.auc[0]! + 0.01);
  });
});

describe("scenarios in each of which half of the features count", () => {
  test.each(cases)("pepnet over a pooled tower, $seed, $learningRate", async (options) => {
    const { seed } = options;
    const random = streamOf(seed, "truth");
    const [numFeatures, numValues, numScenarios] = [8, 10, 12];
    const worth = Array.from({ length: numFeatures }, () => vectors(random, numValues, 1).flat());
    const counts = Array.from({ length: numScenarios }, () =>
      Array.from({ length: numFeatures }, () => uniformBelow(random, 2)),
    );
    const world = taskWorld({
      seed,
      values: {
        scenario: numScenarios,
        ...Object.fromEntries(worth.map((_, f) => [`feature${f}`, numValues])),
      },
      tasks: ["label"],
      numTrain: 6000,
      numTest: 4000,
      logits: ([s, ...values]) => [
        1.5 *
          dot(
            counts[s!]!,
            values.map((value, f) => worth[f]![value]!),
          ),
      ],
    });
    const training = { ...options, epochs: 10, batchSize: 256 };
    const [tower, gated] = await Promise.all([
      fit({ ...pooled, ...common }, world, training),
      fit({ kind: "pepnet", hidden: [32, 16], gateHidden: 32, ...common }, world, training),
    ]);
    expect(gated.auc[0]).toBeGreaterThan(tower.auc[0]! + 0.005);
  });
});
