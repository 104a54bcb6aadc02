import fc from "fast-check";
import { expect, test } from "vitest";
import { mixingStep } from "./mixing.ts";
import { setting } from "./updates.fixture.ts";

const direction = Float64Array.of(3, -1, 2);
const received = Float64Array.of(1, 1, 1);
const movedBy = (along: number, across = 0) =>
  received.map((value, i) => value + along * direction[i]! + across * [1, 1, -1][i]!);
const step = (weight: number, trained: Float64Array) =>
  mixingStep({ weight, learningRate: 0.1, received, trained, direction });

test("training on along U by a half raises a by half the learning rate, back lowers it", () => {
  expect(step(0.3, movedBy(0.5))).toBeCloseTo(0.35, 12);
  expect(step(0.3, movedBy(-0.5))).toBeCloseTo(0.25, 12);
});

test("moving at right angles to U teaches nothing", () => {
  expect(step(0.3, movedBy(0, 7))).toBeCloseTo(0.3, 12);
});

test("it is a gradient step: on a quadratic loss a ends where the loss in a is least", () => {
  // L(P) = 1/2 ||P - P*||^2 with P = P_0 + a U, P* = P_0 + 0.7 U + something at right angles; a small step of
  // training moves P by -rate (P - P*).
  let weight = 0.1;
  for (let round = 0; round < 400; round++) {
    const start = Float64Array.from(direction, (value) => weight * value);
    const best = Float64Array.from(direction, (value, i) => 0.7 * value + [1, 1, -1][i]!);
    const trained = start.map((value, i) => value - 0.2 * (value - best[i]!));
    weight = mixingStep({ weight, learningRate: 0.5, received: start, trained, direction });
  }
  expect(weight).toBeCloseTo(0.7, 9);
});

test("a zero direction leaves a as it is", () => {
  const zero = new Float32Array(3);
  const trained = movedBy(2);
  expect(mixingStep({ weight: 0.4, learningRate: 1, received, trained, direction: zero })).toBe(
    0.4,
  );
});

test("a stays in [0, 1], and scaling parameters and direction together changes nothing", () => {
  const vector = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(
      setting(1),
      setting(5),
      vector,
      vector,
      vector,
      (weight, learningRate, ...given) => {
        const [from, to, along] = given.map((values) => Float64Array.from(values));
        const next = (factor: number) =>
          mixingStep({
            weight,
            learningRate,
            received: from!.map((value) => value * factor),
            trained: to!.map((value) => value * factor),
            direction: along!.map((value) => value * factor),
          });
        expect(next(1) >= 0 && next(1) <= 1).toBe(true);
        expect(next(2 ** -30)).toBe(next(1));
      },
    ),
  );
});
