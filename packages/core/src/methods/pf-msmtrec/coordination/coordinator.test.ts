import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CoordinationRound, StrategyUpdate } from "../../../federation/index.ts";
import { streamOf } from "../../../random/index.ts";
import { pfCoordinator } from "./coordinator.ts";
import {
  at,
  BLOCKS,
  configOf,
  GLOBAL,
  moved,
  inScenario,
  near,
  PARTS,
  play,
  SCENARIO,
  SIZE,
  START,
  TOWER,
  type Told,
} from "./rounds.fixture.ts";

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
      moves: inScenario([0, 0, 0]),
    };
    const { tasks: _, ...silent } = moved(START, told);
    expect(() => coordinator.step(round(silent), start.state)).toThrow(
      /does not say how many rows/,
    );
    const broken = moved(START, {
      ...told,
      moves: inScenario([Number.NaN, 0, 0]),
    });
    expect(() => coordinator.step(round(broken), start.state)).toThrow(/holds NaN/);
  });
});
