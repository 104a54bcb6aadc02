import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fedadam } from "./fedadam.ts";
import { fedavg } from "./fedavg.ts";
import type { strategies } from "./registry.ts";
import type { GlobalState, Strategy, StrategyUpdate } from "./strategy.ts";

const state = (...values: number[]): GlobalState => ({
  w: { shape: [values.length], data: Float32Array.from(values) },
});
const update = (client: string, numExamples: number, ...values: number[]): StrategyUpdate => ({
  client,
  numExamples,
  arrays: state(...values),
});
const made: Readonly<Record<keyof typeof strategies, Strategy>> = {
  fedavg: fedavg(),
  fedadam: fedadam({ learningRate: 0.1 }),
};

describe.each(Object.entries(made))("%s keeps the laws of a strategy", (_, strategy) => {
  const updates = fc.uniqueArray(
    fc.tuple(fc.string(), fc.nat(1000), fc.float({ noNaN: true, min: -100, max: 100 })),
    {
      selector: ([client]) => client,
      minLength: 1,
      maxLength: 6,
    },
  );

  test("the order in which clients answer changes no bit", () => {
    fc.assert(
      fc.property(updates, fc.infiniteStream(fc.nat()), (given, order) => {
        const list = given.map(([client, rows, value]) => update(client, rows, value, value / 3));
        const shuffled = list
          .map((entry) => [entry, order.next().value] as const)
          .toSorted((a, b) => a[1] - b[1])
          .map(([entry]) => entry);
        const global = state(0.1, 0.2);
        expect(strategy.step(global, shuffled, strategy.init(global))).toEqual(
          strategy.step(global, list, strategy.init(global)),
        );
      }),
    );
  });

  test("without a single row the global state stays", () => {
    const global = state(1, 2);
    expect(strategy.step(global, [update("a", 0, 5, 6)], strategy.init(global))[0]).toEqual(global);
  });

  test("values that are not finite are refused, with the client's name", () => {
    const global = state(1);
    for (const bad of [NaN, Infinity, -Infinity])
      expect(() =>
        strategy.step(global, [update("a", 1, 1), update("de", 1, bad)], strategy.init(global)),
      ).toThrow(/client "de": array "w" holds values that are not finite/);
  });

  test("an array of another length is refused", () => {
    const global = state(1, 2);
    expect(() => strategy.step(global, [update("de", 1, 1)], strategy.init(global))).toThrow(
      /has 1 elements, the global state 2/,
    );
  });

  test("what it was given is not changed", () => {
    const global = state(1);
    const memory = strategy.init(global);
    const before = structuredClone({ global, memory });
    strategy.step(global, [update("a", 1, 3)], memory);
    expect({ global, memory }).toEqual(before);
  });
});

test("FedAvg weighs by rows: (100 x 1 + 300 x 5) / 400 = 4, not 3", () => {
  const [next] = fedavg().step(
    state(0),
    [update("a", 100, 1), update("b", 300, 5)],
    fedavg().init(state(0)),
  );
  expect([...next["w"]!.data]).toEqual([4]);
});

test("FedAvg of one client is that client's state, bit for bit", () => {
  fc.assert(
    fc.property(
      fc.float32Array({ noNaN: true, noDefaultInfinity: true, minLength: 1 }),
      fc.integer({ min: 1, max: 1e6 }),
      (values, rows) => {
        const arrays = { w: { shape: [values.length], data: values } };
        const [next] = fedavg().step(
          arrays,
          [{ client: "a", numExamples: rows, arrays }],
          fedavg().init(arrays),
        );
        // -0 and 0 are the same number.
        expect([...next["w"]!.data].map((value) => value + 0)).toEqual(
          [...values].map((value) => value + 0),
        );
      },
    ),
  );
});

test("FedAdam's first two steps, by hand (Reddi et al. 2021, algorithm 2)", () => {
  const rule = fedadam({ learningRate: 0.1 });
  // d = 2 - 1 = 1: m = 0.1, v = 0.99e-6 + 0.01, w = 1 + 0.1 * 0.1 / (sqrt(v) + 0.001)
  const v1 = 0.99e-6 + 0.01;
  const w1 = 1 + (0.1 * 0.1) / (Math.sqrt(v1) + 1e-3);
  const [first, memory] = rule.step(state(1), [update("a", 1, 2)], rule.init(state(1)));
  expect(first["w"]!.data[0]).toBeCloseTo(w1, 6);
  const d2 = 2 - Math.fround(w1);
  const m2 = 0.09 + 0.1 * d2;
  const v2 = 0.99 * v1 + 0.01 * d2 * d2;
  const [second] = rule.step(first, [update("a", 1, 2)], memory);
  expect(second["w"]!.data[0]).toBeCloseTo(
    Math.fround(w1) + (0.1 * m2) / (Math.sqrt(v2) + 1e-3),
    6,
  );
});
