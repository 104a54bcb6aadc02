import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CoordinationRound, GlobalState, StrategyUpdate } from "../../../federation/index.ts";
import { streamOf } from "../../../random/index.ts";
import type { ModelPart } from "../../../tensor/index.ts";
import type { Block } from "../../stages/blocks.ts";
import { blockName } from "../../stages/blocks.ts";
import { pfConfig, type PfConfig } from "../config.ts";
import { pfCoordinator } from "./coordinator.ts";

const SIZE = 3;

const block = (part: ModelPart): Block => ({
  name: blockName(part),
  part,
  size: SIZE,
  ranges: [],
});

const SCENARIO = block({ kind: "expert", expert: 0, factor: "scenario" });
const GLOBAL = block({ kind: "expert", expert: 0, factor: "global" });
const TOWER = block({ kind: "tower", task: 1, layer: 0 });
const BLOCKS = [GLOBAL, SCENARIO, TOWER];
const PARTS = { blocks: BLOCKS, joins: new Map(), tasks: ["click", "sale"] };

const configOf = (own: Record<string, unknown>): PfConfig =>
  pfConfig.parse({ kind: "pf-msmtrec", ...own });

const stateOf = (values: Readonly<Record<string, readonly number[]>>): GlobalState =>
  Object.fromEntries(
    Object.entries(values).map(([name, data]) => [
      name,
      { shape: [SIZE], data: Float32Array.from(data) },
    ]),
  );

const START = stateOf({
  [GLOBAL.name]: [1, 1, 1],
  [SCENARIO.name]: [2, 2, 2],
  [TOWER.name]: [0, 0, 0],
});

interface Told {
  readonly client: string;
  readonly rows?: number;
  /** Added to what was received, part by part. */
  readonly moves: readonly [number[], number[], number[]];
  readonly sales?: { readonly rows: number; readonly positives: number };
}

const moved = (state: GlobalState, { client, rows = 100, moves, sales }: Told): StrategyUpdate => ({
  client,
  numExamples: rows,
  arrays: stateOf(
    Object.fromEntries(
      BLOCKS.map(({ name }, b) => [name, moves[b]!.map((move, i) => state[name]!.data[i]! + move)]),
    ),
  ),
  tasks: {
    click: { rows, positives: Math.round(rows / 10) },
    sale: sales ?? { rows, positives: Math.round(rows / 50) },
  },
});

/** Runs rounds, each given as what every client does; gives the coordination after each. */
function play(config: PfConfig, rounds: readonly (readonly Told[])[], all?: readonly string[]) {
  const coordinator = pfCoordinator(config, PARTS);
  const clients = [...(all ?? new Set(rounds.flat().map(({ client }) => client)))].sort();
  let current = coordinator.begin(START, clients);
  return rounds.map((told, r) => {
    const round: CoordinationRound = {
      clients,
      sent: current.next,
      updates: told.map((one) => moved(current.next.get(one.client)!, one)),
      stream: streamOf(1, r),
    };
    current = coordinator.step(round, current.state);
    return current;
  });
}

const at = (state: GlobalState | undefined, { name }: Block) => [...state![name]!.data];

/** Values near 1 take rounding to float32 into account. */
const near = (actual: readonly number[], expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
};

describe("literal aggregation", () => {
  const literal = { aggregation: "cagrad", towers: "attention", mixing: { learningRate: 0 } };

  it("scales what identical clients did as derived: D (1 + a (1 + c) / (1 + c^2))", () => {
    const moves: Told["moves"] = [
      [0, 0, 0],
      [0.3, -0.1, 0.2],
      [0, 0, 0],
    ];
    const [round] = play(configOf(literal), [
      [
        { client: "a", moves },
        { client: "b", moves },
      ],
    ]);
    const factor = 1 + (0.1 * 1.4) / 1.16;
    near(
      at(round!.next.get("a"), SCENARIO),
      [0.3, -0.1, 0.2].map((d) => 2 + factor * d),
    );
    expect(at(round!.next.get("b"), SCENARIO)).toEqual(at(round!.next.get("a"), SCENARIO));
  });

  it("averages global factors by rows", () => {
    const [round] = play(configOf(literal), [
      [
        {
          client: "a",
          rows: 300,
          moves: [
            [1, 0, 0],
            [0, 0, 0],
            [0, 0, 0],
          ],
        },
        {
          client: "b",
          rows: 100,
          moves: [
            [0, 2, 0],
            [0, 0, 0],
            [0, 0, 0],
          ],
        },
      ],
    ]);
    near(at(round!.next.get("a"), GLOBAL), [1.75, 1.5, 1]);
    near(at(round!.next.get("b"), GLOBAL), [1.75, 1.5, 1]);
  });

  it("attends to updates of towers: softmax of cosines, b = 0.1", () => {
    const [round] = play(configOf(literal), [
      [
        {
          client: "a",
          moves: [
            [0, 0, 0],
            [0, 0, 0],
            [2, 0, 0],
          ],
        },
        {
          client: "b",
          moves: [
            [0, 0, 0],
            [0, 0, 0],
            [0, 5, 0],
          ],
        },
      ],
    ]);
    const own = Math.E / (Math.E + 1);
    near(at(round!.next.get("a"), TOWER), [2 + 0.1 * own * 2, 0.1 * (1 - own) * 5, 0]);
  });

  it("takes more of a direction that the next training follows, and never leaves [0, 1]", () => {
    const along: Told["moves"] = [
      [0, 0, 0],
      [1, 0, 0],
      [0, 0, 0],
    ];
    const against: Told["moves"] = [
      [0, 0, 0],
      [-50, 0, 0],
      [0, 0, 0],
    ];
    const rounds = play(
      configOf({ ...literal, aggregation: "mean", mixing: { initial: 0.1, learningRate: 0.2 } }),
      [
        [
          { client: "a", moves: along },
          { client: "b", moves: along },
        ],
        [
          { client: "a", moves: along },
          { client: "b", moves: against },
        ],
      ],
    );
    expect(rounds[0]!.observed!.mixing![SCENARIO.name]).toEqual([0.1, 0.1]);
    const [a, b] = rounds[1]!.observed!.mixing![SCENARIO.name]!;
    expect(a).toBeCloseTo(0.1 + 0.2, 5);
    expect(b).toBe(0);
  });

  it("a client that missed a round does not learn its share from a direction of before", () => {
    const moves: Told["moves"] = [
      [0, 0, 0],
      [1, 0, 0],
      [0, 0, 0],
    ];
    const rounds = play(configOf({ ...literal, mixing: { initial: 0.1, learningRate: 0.2 } }), [
      [
        { client: "a", moves },
        { client: "b", moves },
      ],
      [{ client: "b", moves }],
      [
        { client: "a", moves },
        { client: "b", moves },
      ],
    ]);
    expect(rounds[2]!.observed!.mixing![SCENARIO.name]![0]).toBe(0.1);
    expect(rounds[2]!.observed!.mixing![SCENARIO.name]![1]).toBeGreaterThan(0.1);
  });
});

describe("similarity", () => {
  const trusting = { evidence: { rows: 0, positives: 0 }, similarity: { decay: 0.9 } };

  it("joins those that go the same way, by rows, and keeps opposites apart", () => {
    const [round] = play(configOf(trusting), [
      [
        {
          client: "a",
          rows: 300,
          moves: [
            [0, 0, 0],
            [1, 0, 0],
            [0, 0, 0],
          ],
        },
        {
          client: "b",
          rows: 100,
          moves: [
            [0, 0, 0],
            [3, 0, 0],
            [0, 0, 0],
          ],
        },
        {
          client: "c",
          rows: 100,
          moves: [
            [0, 0, 0],
            [-1, 0, 0],
            [0, 0, 0],
          ],
        },
      ],
    ]);
    near(at(round!.next.get("a"), SCENARIO), [2 + (300 * 1 + 100 * 3) / 400, 2, 2]);
    near(at(round!.next.get("b"), SCENARIO), [2 + (300 * 1 + 100 * 3) / 400, 2, 2]);
    near(at(round!.next.get("c"), SCENARIO), [1, 2, 2]);
    expect(round!.observed!.cosines!["memories"]![0]![2]).toBeCloseTo(-1, 12);
  });

  it("remembers: the second round's similarity is that of 0.9 D_1 + D_2", () => {
    const rounds = play(configOf(trusting), [
      [
        {
          client: "a",
          moves: [
            [0, 0, 0],
            [1, 0, 0],
            [0, 0, 0],
          ],
        },
        {
          client: "b",
          moves: [
            [0, 0, 0],
            [1, 0, 0],
            [0, 0, 0],
          ],
        },
      ],
      [
        {
          client: "a",
          moves: [
            [0, 0, 0],
            [0, 1, 0],
            [0, 0, 0],
          ],
        },
        {
          client: "b",
          moves: [
            [0, 0, 0],
            [0, -1, 0],
            [0, 0, 0],
          ],
        },
      ],
    ]);
    const cosine = (0.81 - 1) / (0.81 + 1);
    expect(rounds[1]!.observed!.cosines!["memories"]![0]![1]).toBeCloseTo(cosine, 6);
    expect(rounds[1]!.observed!.weights![SCENARIO.name]).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it("little evidence lifts similarities: r = n / (n + tau), of rows here", () => {
    const told: Told[] = [
      {
        client: "a",
        rows: 300,
        moves: [
          [0, 0, 0],
          [1, 0, 0],
          [0, 0, 0],
        ],
      },
      {
        client: "b",
        rows: 100,
        moves: [
          [0, 0, 0],
          [0.6, 0.8, 0],
          [0, 0, 0],
        ],
      },
    ];
    const [round] = play(configOf({ evidence: { rows: 100, positives: 0 } }), [told]);
    // 0.6 / sqrt(3/4 x 1/2) = 0.98.
    const similarity = 0.6 / Math.sqrt(0.375);
    const [a, b] = [300 * similarity, 100].map((share) => share / (300 * similarity + 100));
    near(at(round!.next.get("b"), SCENARIO), [2 + a! + b! * 0.6, 2 + b! * 0.8, 2]);
  });

  it("a scenario without the task gives nothing to its tower, and gets the others'", () => {
    const none = { rows: 0, positives: 0 };
    const [round] = play(configOf(trusting), [
      [
        {
          client: "a",
          moves: [
            [0, 0, 0],
            [1, 0, 0],
            [4, 0, 0],
          ],
        },
        {
          client: "b",
          moves: [
            [0, 0, 0],
            [1, 0, 0],
            [0, 7, 0],
          ],
          sales: none,
        },
      ],
    ]);
    near(at(round!.next.get("a"), TOWER), [4, 0, 0]);
    near(at(round!.next.get("b"), TOWER), [4, 0, 0]);
  });
});

const vector = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), {
  minLength: SIZE,
  maxLength: SIZE,
});
const anyTold = fc
  .array(
    fc.record({
      rows: fc.constantFrom(1, 30, 2000, 1e7),
      positives: fc.constantFrom(0, 1, 40),
      moves: fc.tuple(vector, vector, vector),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((all) =>
    all.map(({ rows, positives, moves }, i): Told => ({
      client: `c${i}`,
      rows,
      moves,
      sales: { rows: positives === 0 ? 0 : rows, positives },
    })),
  );
const anyConfig = fc.record({
  aggregation: fc.constantFrom("cagrad", "pcgrad", "similarity", "mean"),
  towers: fc.constantFrom("attention", "similarity", "mean"),
});

describe("any aggregation", () => {
  it("is deterministic, keeps weights in [0, 1] and everything finite, scenarios of any size", () => {
    fc.assert(
      fc.property(anyConfig, anyTold, (own, told) => {
        const config = configOf(own);
        const [first, second] = [play(config, [told, told]), play(config, [told, told])];
        expect(second).toEqual(first);
        for (const { next, observed } of first) {
          for (const state of next.values())
            for (const { data } of Object.values(state))
              expect(data.every(Number.isFinite)).toBe(true);
          for (const rows of Object.values(observed!.weights!))
            for (const row of rows) {
              expect(row.every((weight) => weight >= 0 && weight <= 1)).toBe(true);
              expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
            }
          for (const shares of Object.values(observed!.mixing!))
            expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
        }
      }),
    );
  });

  it("each setting changes what somebody receives", () => {
    const told: Told[] = [
      {
        client: "a",
        rows: 300,
        moves: [
          [1, 0, 0],
          [1, 0.5, 0],
          [1, 0, 0],
        ],
      },
      {
        client: "b",
        rows: 100,
        moves: [
          [0, 1, 0],
          [-0.9, 0.5, 0],
          [0.2, 1, 0],
        ],
      },
      {
        client: "c",
        rows: 50,
        moves: [
          [0, 0, 1],
          [0.2, 0.5, 1],
          [0, 1, 1],
        ],
      },
    ];
    const last = (own: Record<string, unknown>) =>
      [...play(configOf(own), [told, told])[1]!.next.values()].map((state) =>
        BLOCKS.map((part) => at(state, part)),
      );
    const literal = { aggregation: "cagrad", towers: "attention" };
    const pairs: [Record<string, unknown>, Record<string, unknown>][] = [
      [{}, { aggregation: "cagrad" }],
      [{}, { aggregation: "pcgrad" }],
      [{}, { aggregation: "mean" }],
      [{}, { evidence: { rows: 0 }, similarity: { power: 3 } }],
      [{}, { evidence: { rows: 0 } }],
      [{}, { evidence: { positives: 0 } }],
      [{}, { towers: "attention" }],
      [{}, { towers: "mean" }],
      [literal, { ...literal, aggregation: "pcgrad" }],
      [literal, { ...literal, aggregation: "mean" }],
      [literal, { ...literal, caution: 0.1 }],
      [literal, { ...literal, mixing: { initial: 0.5 } }],
      [literal, { ...literal, mixing: { learningRate: 0 } }],
      [literal, { ...literal, attention: { temperature: 0.1 } }],
    ];
    for (const [one, other] of pairs)
      expect([
        JSON.stringify(other),
        JSON.stringify(last(other)) === JSON.stringify(last(one)),
      ]).toEqual([JSON.stringify(other), false]);
  });

  it("one client keeps what it trained where nothing is shared but with itself", () => {
    fc.assert(
      fc.property(vector, (move) => {
        const [round] = play(configOf({ aggregation: "similarity" }), [
          [{ client: "a", moves: [move, move, move] }],
        ]);
        for (const part of BLOCKS)
          near(
            at(round!.next.get("a"), part),
            move.map((d, i) => START[part.name]!.data[i]! + d),
          );
      }),
    );
  });

  it("clients that are away keep their own, but know the new global factors", () => {
    for (const aggregation of ["cagrad", "similarity"]) {
      const [round] = play(
        configOf({ aggregation }),
        [
          [
            {
              client: "a",
              moves: [
                [1, 0, 0],
                [1, 0, 0],
                [1, 0, 0],
              ],
            },
          ],
        ],
        ["a", "z"],
      );
      near(at(round!.next.get("z"), GLOBAL), [2, 1, 1]);
      near(at(round!.next.get("z"), SCENARIO), [2, 2, 2]);
      near(at(round!.next.get("z"), TOWER), [0, 0, 0]);
    }
  });

  it("refuses updates that do not say what they rest on, or are not finite", () => {
    const coordinator = pfCoordinator(configOf({}), PARTS);
    const start = coordinator.begin(START, ["a"]);
    const round = (update: StrategyUpdate): CoordinationRound => ({
      clients: ["a"],
      sent: start.next,
      updates: [update],
      stream: streamOf(1),
    });
    const told: Told = {
      client: "a",
      moves: [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
    };
    const { tasks: _, ...silent } = moved(START, told);
    expect(() => coordinator.step(round(silent), start.state)).toThrow(
      /does not say how many rows/,
    );
    const broken = moved(START, {
      ...told,
      moves: [
        [0, 0, 0],
        [Number.NaN, 0, 0],
        [0, 0, 0],
      ],
    });
    expect(() => coordinator.step(round(broken), start.state)).toThrow(/holds NaN/);
  });
});
