import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readExperiment } from "@atoll/node/experiment";
import { pairedBySeed } from "../../scripts/results/privacy/part.ts";
import { planOfUnits, sharedTrainings } from "../../scripts/results/privacy/plan.ts";
import { privacy } from "../../scripts/results/privacy/index.ts";
import { epsilonText } from "../../scripts/results/privacy/tables.ts";

const examples = resolve(import.meta.dirname, "../../examples/privacy");
const read = (name: string) => readExperiment(join(examples, `${name}.yaml`));

test("runs are experiments of the page's own names", async () => {
  for (const { name } of privacy.runs) expect((await read(name)).name).toBe(`privacy-${name}`);
});

describe("what both sides train", () => {
  const methodsOf = async (name: string) =>
    sharedTrainings(await read(name)).map(({ method }) => method);

  test("methods of the same settings, not those tuned without a promise, nor counts", async () => {
    const epsilons = ["epsilon-10", "epsilon-3", "epsilon-1", "epsilon-0.3"];
    expect(await methodsOf("criteo")).toEqual(["none", ...epsilons]);
    expect(await methodsOf("movielens")).toEqual(["none", ...epsilons]);
    expect(await methodsOf("movielens-users")).toEqual(["no-noise", ...epsilons]);
  });

  // dp-accounting 0.6.0, RdpAccountant, rate 2048 / 81946, 246 steps, delta 1e-6: 1.000128 at 2.043, and users of
  // MovieLens at rate 1, 20 steps, delta 1e-4: 1.000219 at 15.688.
  test.each([
    ["criteo", 81_946, { samplingRate: 2048 / 81_946, steps: 41, noiseMultiplier: 2.043 }],
    ["movielens-users", 943, { samplingRate: 1, steps: 1, noiseMultiplier: 15.688 }],
  ] as const)("%s: rate, steps and noise of epsilon 1", async (name, units, expected) => {
    const training = sharedTrainings(await read(name)).find(
      ({ method }) => method === "epsilon-1",
    )!;
    const plan = planOfUnits(training, training.privacy!, units);
    expect(plan.samplingRate).toBe(expected.samplingRate);
    expect(plan.steps).toBe(expected.steps);
    expect(plan.noiseMultiplier).toBeCloseTo(expected.noiseMultiplier, 3);
  });
});

test("paired by seed: the mean difference with Student's interval", () => {
  // Differences 1, 2, 3: t(2 degrees, 97.5 %) = 4.302653, deviation 1.
  const { mean, low, high } = pairedBySeed([1, 2, 3], [0, 0, 0]);
  expect(mean).toBe(2);
  expect(high - mean).toBeCloseTo(4.302653 / Math.sqrt(3), 6);
  expect(mean - low).toBeCloseTo(4.302653 / Math.sqrt(3), 6);
});

test("an epsilon is never printed smaller than it is", () => {
  expect(epsilonText(Infinity)).toBe("∞");
  for (const epsilon of [0.27541, 2.6390001, 8.7501, 414.21])
    expect(Number(epsilonText(epsilon))).toBeGreaterThanOrEqual(epsilon);
});
