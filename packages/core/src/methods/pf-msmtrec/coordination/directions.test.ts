import { describe, expect, it } from "vitest";
import {
  at,
  configOf,
  GLOBAL,
  inScenario,
  near,
  play,
  SCENARIO,
  TOWER,
  type Told,
} from "./rounds.fixture.ts";

describe("literal aggregation", () => {
  const literal = { aggregation: "cagrad", towers: "attention", mixing: { learningRate: 0 } };

  it("scales what identical clients did as derived: D (1 + a (1 + c) / (1 + c^2))", () => {
    const moves: Told["moves"] = inScenario([0.3, -0.1, 0.2]);
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
    const along: Told["moves"] = inScenario([1, 0, 0]);
    const against: Told["moves"] = inScenario([-50, 0, 0]);
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
    const moves: Told["moves"] = inScenario([1, 0, 0]);
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
