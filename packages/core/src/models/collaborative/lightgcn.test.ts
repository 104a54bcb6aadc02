import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import fixtures from "./__fixtures__/collaborative.json" with { type: "json" };
import { factorRecommender } from "./factors.ts";
import { createLightGcn, fitLightGcn, lightGcnConfig } from "./lightgcn.ts";
import { positivesOf } from "./worlds.fixture.ts";

const reference = fixtures.lightgcn;
const positives = positivesOf(fixtures.numItems, fixtures.positives);
const { numUsers } = positives;
const { width, layers, decay, learningRate } = reference;
const config = lightGcnConfig.parse({ kind: "lightgcn", width, layers, decay, learningRate });

function expectClose(got: Float32Array, expected: readonly number[], tolerance: number) {
  expect(got).toHaveLength(expected.length);
  got.forEach((value, at) => expect(Math.abs(value - expected[at]!)).toBeLessThan(tolerance));
}

function triplesOf(step: (typeof reference.steps)[number]) {
  return {
    numTriples: step.users.length,
    users: Int32Array.from(step.users),
    positives: Int32Array.from(step.positives),
    negatives: Int32Array.from(step.negatives),
  };
}

test("final vectors, loss, gradient and two steps of Adam are those of PyTorch", () => {
  const model = createLightGcn(positives, config, streamOf(1));
  model.embeddings.set(reference.start);
  const { users, items } = model.factors();
  // The last user has no positive: it is served the mean user, not the vector that it started with.
  const seen = (numUsers - 1) * width;
  expectClose(users.subarray(0, seen), reference.final.slice(0, seen), 1e-6);
  expectClose(items, reference.final.slice(numUsers * width), 1e-6);
  for (const step of reference.steps) {
    expect(model.step(triplesOf(step))).toBeCloseTo(step.loss, 6);
    expectClose(model.gradient, step.gradient, 1e-6);
    // Where the gradient is exactly 0 there, rounding here must not decide Adam's direction.
    expectClose(model.embeddings, step.embeddings, 2e-6);
  }
});

test("a world of one user is learned by heart: its items come first", async () => {
  const world = positivesOf(6, [[1, 4], [0, 2], []]);
  const losses: number[] = [];
  const factors = await fitLightGcn(
    world,
    lightGcnConfig.parse({ kind: "lightgcn", width: 4, epochs: 60, learningRate: 0.05 }),
    streamOf(3),
    { onEpoch: ({ loss }) => losses.push(loss) },
  );
  const scores = factorRecommender(factors).score(
    new Int32Array(6).fill(0),
    Int32Array.of(0, 1, 2, 3, 4, 5),
  );
  expect(Math.min(scores[1]!, scores[4]!)).toBeGreaterThan(
    Math.max(scores[0]!, scores[2]!, scores[3]!, scores[5]!),
  );
  expect(losses).toHaveLength(60);
  expect(losses.at(-1)).toBeLessThan(0.1);
});

test("the same stream gives the same vectors, and abort stops between steps", async () => {
  const short = { ...config, epochs: 3 };
  const a = await fitLightGcn(positives, short, streamOf(5));
  const b = await fitLightGcn(positives, short, streamOf(5));
  expect(a.items).toEqual(b.items);
  const controller = new AbortController();
  const aborted = fitLightGcn(positives, short, streamOf(5), {
    signal: controller.signal,
    onEpoch: ({ epoch }) => {
      if (epoch === 1) controller.abort(new Error("stopped"));
    },
  });
  await expect(aborted).rejects.toThrow("stopped");
});
