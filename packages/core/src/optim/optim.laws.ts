import { expect, test } from "vitest";
import { createArena, type Arena } from "../kernels/index.ts";
import type { Optimiser, OptimiserSettings, OptimiserState } from "./optimiser.ts";

type Rule = (settings: OptimiserSettings, arena: Arena) => Optimiser;

export const arena = createArena();

/** A copy of numbers where kernels can reach them. */
export function inArena(numbers: ArrayLike<number>): Float32Array {
  const array = arena.float32(numbers.length);
  array.set(numbers);
  return array;
}

/** A gradient that differs by entry and by step, without randomness. */
export function wave(size: number, step: number): Float32Array {
  return inArena(Float32Array.from({ length: size }, (_, i) => Math.sin(1 + 1.7 * i + 0.9 * step)));
}

function run(
  rule: Optimiser,
  parameters: Float32Array,
  state: OptimiserState,
  steps: number,
): void {
  const until = state.step + steps;
  while (state.step < until) rule.step(parameters, wave(parameters.length, state.step), state);
}

/** What holds for every optimiser of a flat vector. */
export function optimiserLaws(rule: Rule): void {
  const factory = (settings: OptimiserSettings) => rule(settings, arena);
  const start = inArena([1.5, -0.25, 0.75, -2]);
  const settings = { learningRate: 0.05, weightDecay: 0.01 };

  test("the same gradients give the same bytes", () => {
    const [a, b] = [inArena(start), inArena(start)];
    run(factory(settings), a, factory(settings).init(4), 20);
    run(factory(settings), b, factory(settings).init(4), 20);
    expect(a).toEqual(b);
    expect(a).not.toEqual(start);
  });

  test("a zero gradient without decay leaves the parameters", () => {
    const rule = factory({ learningRate: 0.05, weightDecay: 0 });
    const parameters = inArena(start);
    const state = rule.init(4);
    for (let t = 0; t < 5; t++) rule.step(parameters, arena.float32(4), state);
    expect(parameters).toEqual(start);
    expect(state.step).toBe(5);
  });

  test("a zero gradient with decay shrinks every parameter towards 0", () => {
    const rule = factory({ learningRate: 0.05, weightDecay: 0.1 });
    const parameters = inArena(start);
    const state = rule.init(4);
    for (let t = 0; t < 3; t++) rule.step(parameters, arena.float32(4), state);
    parameters.forEach((p, i) => {
      expect(Math.abs(p)).toBeLessThan(Math.abs(start[i]!));
      expect(Math.sign(p)).toBe(Math.sign(start[i]!));
    });
  });

  test("a state that was saved and loaded continues as if it had never stopped", () => {
    const rule = factory(settings);
    const whole = inArena(start);
    run(rule, whole, rule.init(4), 12);

    const parted = inArena(start);
    const state = rule.init(4);
    run(rule, parted, state, 5);
    const copies = Object.entries(state.moments).map(([name, values]) => [name, inArena(values)]);
    const saved: OptimiserState = { step: state.step, moments: Object.fromEntries(copies) };
    run(rule, inArena(parted), state, 3); // what happens to the live state is of no matter
    run(factory(settings), parted, saved, 7);
    expect(parted).toEqual(whole);
  });

  test("it finds the minimum of sum_i c_i (x_i - a_i)^2 / 2", () => {
    const [curvature, minimum] = [
      [1, 2, 0.5, 4],
      [0.3, -1, 0.8, 0],
    ];
    const rule = factory({ learningRate: 0.2, weightDecay: 0 });
    const parameters = inArena(start);
    const state = rule.init(4);
    const gradient = arena.float32(4);
    for (let t = 0; t < 2000; t++) {
      gradient.set(parameters.map((x, i) => curvature[i]! * (x - minimum[i]!)));
      rule.step(parameters, gradient, state);
    }
    parameters.forEach((x, i) => expect(x).toBeCloseTo(minimum[i]!, 2));
  });

  test("a state of another length is refused, and so is a gradient", () => {
    const rule = factory(settings);
    if (Object.keys(rule.init(4).moments).length > 0)
      expect(() => rule.step(arena.float32(4), arena.float32(4), rule.init(3))).toThrow(RangeError);
    expect(() => rule.step(arena.float32(4), arena.float32(3), rule.init(4))).toThrow(
      "4 parameters, but 3 gradient entries",
    );
  });

  test("vectors of every length move as their entries would alone", () => {
    for (const size of [1, 2, 3, 4, 5, 7, 8, 13]) {
      const together = wave(size, 3);
      const alone = Array.from(together, (value) => inArena([value]));
      const rule = factory(settings);
      const state = rule.init(size);
      const states = alone.map(() => rule.init(1));
      for (let t = 0; t < 5; t++) {
        const gradient = wave(size, t);
        rule.step(together, gradient, state);
        alone.forEach((own, i) => rule.step(own, inArena([gradient[i]!]), states[i]!));
      }
      expect([...together]).toEqual(alone.map((own) => own[0]));
    }
  });

  test("vectors outside of the arena are refused", () => {
    const rule = factory(settings);
    expect(() => rule.step(new Float32Array(4), arena.float32(4), rule.init(4))).toThrow(
      "outside of the arena",
    );
  });
}
