import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { bprStep, createMfBpr, fitMfBpr, mfBprConfig } from "./mf-bpr.ts";
import { positivesOf } from "./worlds.fixture.ts";

const config = mfBprConfig.parse({
  kind: "mf-bpr",
  width: 3,
  userDecay: 0.3,
  positiveDecay: 0.2,
  negativeDecay: 0.1,
  learningRate: 2 ** -10,
});

const triple = { user: 1, positive: 2, negative: 0 };

function start() {
  const wave = (length: number, phase: number) =>
    Float32Array.from({ length }, (_, i) => Math.sin(1 + 0.7 * i + phase));
  return { width: 3, users: wave(6, 0), items: wave(9, 2), bias: wave(3, 4) };
}

/** The objective of a triple in doubles, written out. */
function objective({ users, items, bias }: ReturnType<typeof start>): number {
  const row = (values: Float32Array, i: number) => [...values.subarray(3 * i, 3 * i + 3)];
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, k) => sum + value * b[k]!, 0);
  const [w, p, n] = [row(users, 1), row(items, 2), row(items, 0)];
  const x = dot(w, p) + bias[2]! - dot(w, n) - bias[0]!;
  return Math.log(1 + Math.exp(-x)) + 0.5 * (0.3 * dot(w, w) + 0.2 * dot(p, p) + 0.1 * dot(n, n));
}

test("a step goes against the gradient that central differences measure", () => {
  const before = start();
  const after = start();
  bprStep(after, triple, config);
  const h = 2 ** -8;
  for (const name of ["users", "items", "bias"] as const)
    before[name].forEach((kept, at) => {
      const moved = (step: number) => {
        const there = start();
        there[name][at] = kept + step;
        return { value: there[name][at], loss: objective(there) };
      };
      const [up, down] = [moved(h), moved(-h)];
      const slope = (up.loss - down.loss) / (up.value - down.value);
      const taken = (kept - after[name][at]!) / config.learningRate;
      expect(Math.abs(taken - slope), `${name} ${at}`).toBeLessThan(2e-4);
    });
});

test("the loss that a step reports is that of the pair, without decay", () => {
  const plain = { ...config, userDecay: 0, positiveDecay: 0, negativeDecay: 0 };
  const { users, items, bias } = start();
  let x = bias[2]! - bias[0]!;
  for (let k = 0; k < 3; k++) x += users[3 + k]! * (items[6 + k]! - items[k]!);
  expect(bprStep(start(), triple, plain)).toBeCloseTo(Math.log(1 + Math.exp(-x)), 6);
});

test("users without positives are served the mean user, and items without any the lowest bias", async () => {
  const world = positivesOf(4, [[0, 1], [0], [], [1]]);
  const learned = await fitMfBpr(
    world,
    mfBprConfig.parse({ kind: "mf-bpr", width: 2, epochs: 50 }),
    streamOf(4),
  );
  for (let k = 0; k < 2; k++) {
    const mean = (learned.users[k]! + learned.users[2 + k]! + learned.users[6 + k]!) / 3;
    expect(learned.users[4 + k]).toBeCloseTo(mean, 6);
  }
  const bias = [...learned.bias!];
  expect(Math.max(bias[2]!, bias[3]!)).toBeLessThan(Math.min(bias[0]!, bias[1]!));
});

test("where every user has every item there is nothing to learn", async () => {
  const trainer = createMfBpr(positivesOf(2, [[0, 1]]), config, streamOf(1));
  const before = trainer.factors();
  expect(await trainer.epoch(streamOf(2))).toBe(0);
  expect(trainer.factors()).toEqual(before);
});
