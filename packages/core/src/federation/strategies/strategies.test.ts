import fc from "fast-check";
import { expect, test } from "vitest";
import { fedadam } from "./fedadam.ts";
import { fedavg } from "./fedavg.ts";
import { strategyProblems } from "./problems.ts";
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

test.each(Object.entries(made))("%s keeps the laws of a strategy", (_, strategy) => {
  expect(strategyProblems(strategy)).toEqual([]);
});

const { init, step } = fedavg();

/** FedAvg with one thing wrong, and what is said of it. */
const WRONG: readonly (readonly [found: RegExp, wrong: Partial<Strategy>])[] = [
  [
    /order in which clients answer/,
    { step: (global, updates, memory) => step(global, updates.slice(0, 1), memory) },
  ],
  [
    /without a single training row/,
    {
      step: (global, updates, memory) =>
        step(
          global,
          updates.map((update) => ({ ...update, numExamples: update.numExamples + 1 })),
          memory,
        ),
    },
  ],
  [
    /not finite are not refused/,
    {
      step: (global, updates, memory) => {
        const [next, kept] = step(global, updates.map(finite), memory);
        return [next, kept];
      },
    },
  ],
  [
    /another length are not refused/,
    {
      step: (global, updates, memory) => {
        try {
          return step(global, updates, memory);
        } catch (error) {
          if (/holds values/.test((error as Error).message)) throw error;
          return [global, memory];
        }
      },
    },
  ],
  [
    /changes what it was given/,
    {
      step: (global, updates, memory) => {
        global["bias"]!.data[0]! += 1;
        return step(global, updates, memory);
      },
    },
  ],
  [
    /other names, shapes or element types/,
    {
      step: (global, updates, memory) => {
        const [next, kept] = step(global, updates, memory);
        return [{ weights: next["weights"]! }, kept];
      },
    },
  ],
  [
    /another one after a stop and a resume/,
    {
      init: () => ({ arrays: {}, metadata: { seen: new Set([1]) } }),
      step: (global, updates, memory) => {
        const { seen } = memory.metadata as { readonly seen: ReadonlySet<number> };
        return seen instanceof Set ? step(global, updates, memory) : [global, memory];
      },
    },
  ],
];

/** Numbers that are none become 0. */
function finite(update: StrategyUpdate): StrategyUpdate {
  const arrays = Object.fromEntries(
    Object.entries(update.arrays).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data, (value) => (Number.isFinite(value) ? value : 0)) },
    ]),
  );
  return { ...update, arrays };
}

test.each(WRONG)("a rule that breaks a law is told so: %s", (found, wrong) => {
  expect(strategyProblems({ init, step, ...wrong }).join("\n")).toMatch(found);
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
