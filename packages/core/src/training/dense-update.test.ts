import { describe, expect, test } from "vitest";
import { createArena } from "../kernels/index.ts";
import type { OptimiserConfig } from "../optim/index.ts";
import { parameterLayout, zeros } from "../tensor/index.ts";
import { createDenseUpdate } from "./dense-update.ts";

/** Not a multiple of the lanes that kernels work in. */
const SIZE = 11;
const wave = (phase: number) =>
  Float32Array.from({ length: SIZE }, (_, i) => Math.sin(1 + 1.3 * i + phase));
const ranges = [
  { offset: 1, length: 2 },
  { offset: 5, length: 4 },
];
const inRanges = (i: number) => (i >= 1 && i < 3) || (i >= 5 && i < 9);
const sgd = { kind: "sgd", learningRate: 0.1, weightDecay: 0.5 } as const;

/** A dense vector that begins as wave 0. */
function updateOf(config: OptimiserConfig) {
  const arena = createArena();
  const parameters = arena.float32(SIZE);
  parameters.set(wave(0));
  const layout = parameterLayout([{ name: "w", shape: [SIZE], role: "weight", init: zeros }]);
  const gradient = arena.float32(SIZE);
  const none = parameterLayout([]);
  const state = arena.float32(0);
  const learned = { arena, layout, stateLayout: none, parameters, state, tables: [] };
  const update = createDenseUpdate(learned, gradient, config);
  const step = (phase: number) => {
    gradient.set(wave(phase));
    update.step();
  };
  return { arena, parameters, gradient, update, step };
}

describe("one step of gradient descent, by hand", () => {
  const [w, g, a, c] = [wave(0), wave(2), wave(4), wave(6)];
  const expected = (term: (i: number) => number) =>
    Array.from(w, (value, i) => value - 0.1 * (g[i]! + term(i) + 0.5 * value));

  test.each([
    ["nothing", {}, () => 0],
    ["a proximal term", { proximal: { mu: 3, anchor: a } }, (i: number) => 3 * (w[i]! - a[i]!)],
    [
      "one of some ranges",
      { proximal: { mu: 3, anchor: a, ranges } },
      (i: number) => (inRanges(i) ? 3 * (w[i]! - a[i]!) : 0),
    ],
    ["none of mu 0", { proximal: { mu: 0, anchor: a } }, () => 0],
    ["a correction", { correction: c }, (i: number) => c[i]!],
    [
      "both, and frozen entries",
      { proximal: { mu: 3, anchor: a }, correction: c, frozen: { ranges, tables: false } },
      // The step that would move the entry is the term that makes up for all others.
      (i: number) => (inRanges(i) ? -g[i]! - 0.5 * w[i]! : 3 * (w[i]! - a[i]!) + c[i]!),
    ],
  ] as const)("%s", (_, terms, term) => {
    const { parameters, update, step } = updateOf(sgd);
    update.follow(terms);
    step(2);
    expected(term).forEach((value, i) => expect(parameters[i]).toBeCloseTo(value, 6));
  });
});

describe.each(["sgd", "adam", "adamw", "adagrad"] as const)("%s", (kind) => {
  const config = { kind, learningRate: 0.1, weightDecay: 0.01 };

  test("frozen entries and their memory rest bit for bit, the others move as ever", () => {
    const [free, frozen] = [updateOf(config), updateOf(config)];
    for (const { step } of [free, frozen]) for (const phase of [1, 2]) step(phase);
    const before = {
      parameters: frozen.parameters.slice(),
      ...Object.fromEntries(
        Object.entries(frozen.update.memory.moments).map(([name, moment]) => [
          name,
          moment.slice(),
        ]),
      ),
    };
    frozen.update.follow({ frozen: { ranges, tables: false } });
    for (const { step } of [free, frozen]) for (const phase of [3, 4, 5]) step(phase);
    const vectors = ({ parameters, update }: typeof free): Record<string, Float32Array> => ({
      parameters,
      ...update.memory.moments,
    });
    for (const [name, was] of Object.entries(before)) {
      const expected = vectors(free)[name]!.map((value, i) => (inRanges(i) ? was[i]! : value));
      expect(vectors(frozen)[name]).toEqual(expected);
      expect(vectors(free)[name]).not.toEqual(expected);
    }
    expect(frozen.update.memory.step).toBe(5);
    frozen.update.follow({});
    frozen.step(6);
    expect(frozen.parameters.every((value, i) => value !== before.parameters[i])).toBe(true);
  });

  test("terms that add nothing change no bit", () => {
    const [plain, idle] = [updateOf(config), updateOf(config)];
    idle.update.follow({
      proximal: { mu: 2, anchor: wave(1), ranges: [] },
      correction: new Float32Array(SIZE),
      frozen: { ranges: [], tables: false },
    });
    for (const { step } of [plain, idle]) for (const phase of [1, 2, 3]) step(phase);
    expect(idle.parameters).toEqual(plain.parameters);
    expect(idle.update.memory).toEqual(plain.update.memory);
  });
});

test("ranges that overlap pull once", () => {
  const [once, twice] = [updateOf(sgd), updateOf(sgd)];
  const proximal = { mu: 2, anchor: wave(4) };
  once.update.follow({ proximal: { ...proximal, ranges } });
  twice.update.follow({ proximal: { ...proximal, ranges: [...ranges, ...ranges] } });
  for (const { step } of [once, twice]) step(1);
  expect(twice.parameters).toEqual(once.parameters);
});

test("what is all frozen takes no step", () => {
  const { parameters, update, step } = updateOf(sgd);
  update.follow({ frozen: { ranges: [{ offset: 0, length: SIZE }], tables: true } });
  step(1);
  expect(parameters).toEqual(wave(0));
  expect(update.memory.step).toBe(0);
  expect(update.tablesRest()).toBe(true);
});

test("terms are copied, to the same place every time", () => {
  const { arena, parameters, update, step } = updateOf({ ...sgd, weightDecay: 0 });
  const [anchor, correction] = [wave(4), wave(6)];
  update.follow({ proximal: { mu: 1, anchor }, correction });
  const end = arena.address(arena.float32(1));
  for (let pass = 0; pass < 5; pass++)
    update.follow({ proximal: { mu: 1, anchor }, correction, frozen: { ranges, tables: false } });
  expect(arena.address(arena.float32(1)) - end).toBe(64);
  anchor.fill(9);
  correction.fill(9);
  step(2);
  const w = wave(0)[0]!;
  const moved = w - 0.1 * (wave(2)[0]! + (w - wave(4)[0]!) + wave(6)[0]!);
  expect(parameters[0]).toBeCloseTo(moved, 6);
});

test("terms of another model are refused", () => {
  const { update } = updateOf(sgd);
  const short = new Float32Array(SIZE - 1);
  expect(() => update.follow({ correction: short })).toThrow(
    "a correction of 10 entries for 11 dense parameters",
  );
  expect(() => update.follow({ proximal: { mu: 1, anchor: short } })).toThrow("an anchor of 10");
  const frozen = { ranges: [{ offset: 8, length: 4 }], tables: false };
  expect(() => update.follow({ frozen })).toThrow(RangeError);
});
