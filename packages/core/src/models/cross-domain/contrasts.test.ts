import type { numpy as np } from "@jax-js/jax";
import { describe, expect, test } from "vitest";
import type { Arrays } from "../../nn/index.ts";
import { compileWithGradient, jaxExecutor } from "../../tensor/index.ts";
import { cdrd } from "./cdrd.ts";
import { idra } from "./idra.ts";

const WIDTH = 3;
const wave = (size: number, phase: number) =>
  Array.from({ length: size }, (_, i) => Math.sin(1 + 0.77 * i + phase));

type Vectors = Readonly<Record<string, readonly number[]>>;

/** A sum of terms and its slopes by every array that is given. */
async function withSlopes(
  fn: (arrays: Arrays) => np.Array,
  given: Vectors,
  shapes: Readonly<Record<string, readonly number[]>>,
) {
  const names = Object.keys(given);
  const program = compileWithGradient({
    name: "term",
    inputs: names.map((name) => ({ name, shape: shapes[name]!, dtype: "float32" })),
    fn: (arrays) => ({ loss: fn(arrays).sum() }),
    loss: "loss",
    wrt: names,
  });
  const loaded = await jaxExecutor().load(program);
  const data = Object.fromEntries(names.map((name) => [name, Float32Array.from(given[name]!)]));
  const outputs = await loaded.run(data);
  await loaded.release();
  return { loss: outputs["loss"]![0]!, slope: (name: string) => [...outputs[`gradient:${name}`]!] };
}

/** Central differences of a function in doubles. */
function slopes(of: (given: Vectors) => number, given: Vectors, name: string): number[] {
  const step = 1e-5;
  return given[name]!.map((_, i) => {
    const moved = (by: number) => ({
      ...given,
      [name]: given[name]!.map((x, k) => (k === i ? x + by : x)),
    });
    return (of(moved(step)) - of(moved(-step))) / (2 * step);
  });
}

function cosine(x: readonly number[], y: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

const vectorOf = (values: readonly number[], i: number) => values.slice(i * WIDTH, (i + 1) * WIDTH);

function expectSlopes(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 5));
}

describe("IDRA: value and slopes against the formula in doubles", () => {
  const users = 4;
  const given = {
    original: [...wave(2 * WIDTH, 0), ...wave(WIDTH, 3), 0, 0, 0],
    augmented: [...wave(WIDTH, 1), ...wave(WIDTH, 2), ...wave(WIDTH, 4), 0, 0, 0],
    shuffled: [...wave(WIDTH, 5), ...wave(WIDTH, 0.5), ...wave(WIDTH, 1), 0, 0, 0],
  };
  /** The last two users were not augmented; the last one has states of nothing but zeros. */
  const counts = [1, 1, 0, 0];
  const shapes = Object.fromEntries(Object.keys(given).map((name) => [name, [users, WIDTH]]));
  const distances = (at: Vectors) =>
    [0, 1].map((u) => {
      const [h, near, far] = ["original", "augmented", "shuffled"].map((name) =>
        vectorOf(at[name]!, u),
      );
      return cosine(near!, far!) - cosine(near!, h!);
    });
  const formula = (margin: number) => (at: Vectors) =>
    distances(at).reduce((sum, distance) => sum + Math.max(0, margin + distance), 0);

  test.each([
    { margin: 0.5, within: 0 },
    { margin: 1.1, within: 1 },
    { margin: 3, within: 2 },
  ])("$within of two users within the margin $margin", async ({ margin, within }) => {
    const { loss, slope } = await withSlopes(
      (arrays) =>
        idra(
          {
            original: arrays["original"]!,
            augmented: arrays["augmented"]!,
            shuffled: arrays["shuffled"]!,
            counts: arrays["counts"]!,
          },
          margin,
        ),
      { ...given, counts },
      { ...shapes, counts: [users] },
    );
    expect(distances(given).filter((distance) => margin + distance > 0)).toHaveLength(within);
    expect(loss).toBeCloseTo(formula(margin)(given), 5);
    for (const name of Object.keys(given))
      expectSlopes(slope(name), slopes(formula(margin), given, name));
  });
});

describe("CDRD: value and slopes against the formula in doubles", () => {
  const [users, targets, domains] = [2, 3, 3];
  const temperature = 0.2;
  const size = users * targets * WIDTH;
  const given: Vectors = {
    merged: wave(size, 0),
    x0: wave(size, 2),
    x1: wave(size, 4).map((x, i) => (i < WIDTH ? 0 : x)),
    x2: wave(size, 6),
  };
  /** By user and domain. Target 0 lacks the second, target 1 all but the first, target 2 nothing. */
  const present = [1, 1, 1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1];
  /** The first user's last target counts for nothing. */
  const counts = [1, 1, 0, 1, 1, 1];
  const formula = (at: Vectors) => {
    let total = 0;
    for (let u = 0; u < users; u++) {
      const losses: number[] = [];
      for (let t = 0; t < targets; t++) {
        const i = u * targets + t;
        const there = [0, 1, 2].filter((x) => present[(u * domains + x) * targets + t] === 1);
        if (counts[i] === 0 || there.length < 2) continue;
        const e = (a: readonly number[], b: readonly number[]) =>
          Math.exp(cosine(vectorOf(a, i), vectorOf(b, i)) / temperature);
        const near = there.reduce((sum, x) => sum + e(at["merged"]!, at[`x${x}`]!), 0);
        let apart = 0;
        for (const x of there)
          for (const y of there) if (x < y) apart += e(at[`x${x}`]!, at[`x${y}`]!);
        losses.push(-Math.log(near / (near + apart)));
      }
      total += losses.reduce((a, b) => a + b, 0) / Math.max(1, losses.length);
    }
    return total;
  };

  test("three domains, some of which have no state yet", async () => {
    const { loss, slope } = await withSlopes(
      (arrays) =>
        cdrd(
          {
            merged: arrays["merged"]!,
            domains: [0, 1, 2].map((x) => arrays[`x${x}`]!),
            present: arrays["present"]!,
            counts: arrays["counts"]!,
          },
          temperature,
        ),
      { ...given, present, counts },
      {
        ...Object.fromEntries(Object.keys(given).map((name) => [name, [users, targets, WIDTH]])),
        present: [users, domains, targets],
        counts: [users, targets],
      },
    );
    expect(loss).toBeCloseTo(formula(given), 4);
    for (const name of Object.keys(given)) expectSlopes(slope(name), slopes(formula, given, name));
  });
});
