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

describe.each(["adam", "adamw"] as const)(
  "%s keeps no number too small to compute with",
  (kind) => {
    /** Registers and a rest. */
    const size = 7;
    const denormal = (x: number) => x !== 0 && Math.abs(x) < 2 ** -126;

    test("weights that only decay end at 0, as their mean gradients do", () => {
      const decay = { adam: 1e-6, adamw: 100 }[kind];
      const rule = optimisers[kind]({ learningRate: 0.006, weightDecay: decay }, arena);
      const parameters = inArena(Array.from({ length: size }, (_, i) => 0.01 * (i - 2.5)));
      const state = rule.init(size);
      for (let t = 0; t < 1500; t++) {
        rule.step(parameters, arena.float32(size), state);
        if (state.step % 16 !== 0) continue;
        expect(parameters.some(denormal) || state.moments["mean"]!.some(denormal)).toBe(false);
      }
      expect(parameters).toEqual(inArena(new Float32Array(size)));
    });

    test("a gradient that stays away is forgotten, and nothing else is", () => {
      const rule = optimisers[kind]({ learningRate: 0.1, weightDecay: 0 }, arena);
      const parameters = inArena(new Float32Array(size).fill(1));
      const state = rule.init(size);
      rule.step(parameters, inArena(new Float32Array(size).fill(1)), state);
      const square = state.moments["square"]![0]!;
      for (let t = 0; t < 1000; t++) rule.step(parameters, arena.float32(size), state);
      expect(state.moments["mean"]).toEqual(inArena(new Float32Array(size)));
      expect(state.moments["square"]![0]! / (square * 0.999 ** 1000)).toBeCloseTo(1, 4);
      expect(parameters[0]).toBeLessThan(0.9);
    });

    test("what is no number is not hidden", () => {
      const rule = optimisers[kind]({ learningRate: 0.1, weightDecay: 0 }, arena);
      const parameters = inArena(new Float32Array(size).fill(1));
      rule.step(parameters, inArena(new Float32Array(size).fill(Number.NaN)), rule.init(size));
      expect([...parameters].every(Number.isNaN)).toBe(true);
    });
  },
);
