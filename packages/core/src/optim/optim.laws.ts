import { expect, test } from "vitest";
import type { Optimiser, OptimiserSettings, OptimiserState } from "./optimiser.ts";

type Factory = (settings: OptimiserSettings) => Optimiser;

/** A gradient that differs by entry and by step, without randomness. */
function wave(size: number, step: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => Math.sin(1 + 1.7 * i + 0.9 * step));
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
export function optimiserLaws(factory: Factory): void {
  const start = Float32Array.of(1.5, -0.25, 0.75, -2);
  const settings = { learningRate: 0.05, weightDecay: 0.01 };

  test("the same gradients give the same bytes", () => {
    const [a, b] = [start.slice(), start.slice()];
    run(factory(settings), a, factory(settings).init(4), 20);
    run(factory(settings), b, factory(settings).init(4), 20);
    expect(a).toEqual(b);
    expect(a).not.toEqual(start);
  });

  test("a zero gradient without decay leaves the parameters", () => {
    const rule = factory({ learningRate: 0.05, weightDecay: 0 });
    const parameters = start.slice();
    const state = rule.init(4);
    for (let t = 0; t < 5; t++) rule.step(parameters, new Float32Array(4), state);
    expect(parameters).toEqual(start);
    expect(state.step).toBe(5);
  });

  test("a zero gradient with decay shrinks every parameter towards 0", () => {
    const rule = factory({ learningRate: 0.05, weightDecay: 0.1 });
    const parameters = start.slice();
    const state = rule.init(4);
    for (let t = 0; t < 3; t++) rule.step(parameters, new Float32Array(4), state);
    parameters.forEach((p, i) => {
      expect(Math.abs(p)).toBeLessThan(Math.abs(start[i]!));
      expect(Math.sign(p)).toBe(Math.sign(start[i]!));
    });
  });

  test("a state that was saved and loaded continues as if it had never stopped", () => {
    const rule = factory(settings);
    const whole = start.slice();
    run(rule, whole, rule.init(4), 12);

    const parted = start.slice();
    const state = rule.init(4);
    run(rule, parted, state, 5);
    const saved = { step: state.step, moments: structuredClone(state.moments) };
    run(rule, parted.slice(), state, 3); // what happens to the live state is of no matter
    run(factory(settings), parted, saved, 7);
    expect(parted).toEqual(whole);
  });

  test("it finds the minimum of sum_i c_i (x_i - a_i)^2 / 2", () => {
    const [curvature, minimum] = [
      [1, 2, 0.5, 4],
      [0.3, -1, 0.8, 0],
    ];
    const rule = factory({ learningRate: 0.2, weightDecay: 0 });
    const parameters = start.slice();
    const state = rule.init(4);
    for (let t = 0; t < 2000; t++) {
      const gradient = parameters.map((x, i) => curvature[i]! * (x - minimum[i]!));
      rule.step(parameters, gradient, state);
    }
    parameters.forEach((x, i) => expect(x).toBeCloseTo(minimum[i]!, 2));
  });

  test("a state of another length is refused, and so is a gradient", () => {
    const rule = factory(settings);
    if (Object.keys(rule.init(4).moments).length > 0)
      expect(() => rule.step(new Float32Array(4), new Float32Array(4), rule.init(3))).toThrow(
        RangeError,
      );
    expect(() => rule.step(new Float32Array(4), new Float32Array(3), rule.init(4))).toThrow(
      "4 parameters, but 3 gradient entries",
    );
  });
}
