import { describe, expect, test } from "vitest";
import fixtures from "./__fixtures__/trajectories.json" with { type: "json" };
import { optimiserConfig } from "./config.ts";
import { makeOptimiser, optimisers } from "./registry.ts";
import { arena, inArena, optimiserLaws, wave } from "./optim.laws.ts";

describe.each(Object.entries(optimisers))("%s keeps the laws of optimisers", (_, factory) => {
  optimiserLaws(factory);
});

test("every kind of the config is on the shelf, and the reverse", () => {
  const kinds = optimiserConfig.options.map((option) => option.shape.kind.value);
  expect(kinds.toSorted()).toEqual(Object.keys(optimisers).toSorted());
});

describe("trajectories agree with PyTorch", () => {
  test.each(fixtures.cases)("$kind, weight decay $weightDecay, 12 steps", (example) => {
    const { kind, learningRate, weightDecay } = example;
    const rule = makeOptimiser(optimiserConfig.parse({ kind, learningRate, weightDecay }), arena);
    const parameters = inArena(fixtures.start);
    const state = rule.init(parameters.length);
    example.parameters.forEach((expected, t) => {
      rule.step(parameters, wave(parameters.length, t), state);
      expected.forEach((value, i) => expect(Math.abs(parameters[i]! - value)).toBeLessThan(1e-6));
    });
    expect(example.parameters).toHaveLength(12);
  });
});

test("the first step of Adam is the learning rate against the sign, whatever the gradient's size", () => {
  const rule = optimisers.adam({ learningRate: 0.1, weightDecay: 0 }, arena);
  const parameters = inArena([1, 1, 1]);
  rule.step(parameters, inArena([1e-4, -300, 2]), rule.init(3));
  expect(parameters[0]).toBeCloseTo(0.9, 4);
  expect(parameters[1]).toBeCloseTo(1.1, 6);
  expect(parameters[2]).toBeCloseTo(0.9, 6);
});
