import { describe, expect, it } from "vitest";
import { streamOf } from "../../../random/index.ts";
import { pfCoordinator } from "./coordinator.ts";
import {
  at,
  configOf,
  moved,
  inScenario,
  near,
  PARTS,
  play,
  SCENARIO,
  START,
  TOWER,
  type Told,
} from "./rounds.fixture.ts";

describe("similarity", () => {
  const trusting = { evidence: { rows: 0, positives: 0 }, similarity: { decay: 0.9 } };

  it("joins those that go the same way, by rows, and keeps opposites apart", () => {
    const [round] = play(configOf(trusting), [
      [
        {
          client: "a",
          rows: 300,
          moves: inScenario([1, 0, 0]),
        },
        {
          client: "b",
          rows: 100,
          moves: inScenario([3, 0, 0]),
        },
        {
          client: "c",
          rows: 100,
          moves: inScenario([-1, 0, 0]),
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
          moves: inScenario([1, 0, 0]),
        },
        {
          client: "b",
          moves: inScenario([1, 0, 0]),
        },
      ],
      [
        {
          client: "a",
          moves: inScenario([0, 1, 0]),
        },
        {
          client: "b",
          moves: inScenario([0, -1, 0]),
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
        moves: inScenario([1, 0, 0]),
      },
      {
        client: "b",
        rows: 100,
        moves: inScenario([0.6, 0.8, 0]),
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

describe("rows of shared tables", () => {
  const rows = (values: readonly number[]) => ({
    shape: [values.length, 1],
    data: Float32Array.from(values),
  });

  it("are a scenario's own as far as its rows hold the value: c / (c + tau)", () => {
    const joins = new Map([["table:deep/id", { by: "usage" as const, uses: "uses:id" }]]);
    const coordinator = pfCoordinator(configOf({ rows: "evidence", evidence: { uses: 30 } }), {
      ...PARTS,
      joins,
    });
    const clients = ["a", "b", "z"];
    const start = coordinator.begin({ ...START, "table:deep/id": rows([0.5, 0.5, 0.5]) }, clients);
    const told = (client: string, values: number[], uses: number[]) => {
      const update = moved(START, {
        client,
        moves: inScenario([1, 0, 0]),
      });
      return {
        ...update,
        arrays: {
          ...update.arrays,
          "table:deep/id": rows(values),
          "uses:id": { shape: [3], data: Int32Array.from(uses) },
        },
      };
    };
    const { next } = coordinator.step(
      {
        clients,
        sent: start.next,
        updates: [told("a", [1, 2, 9], [10, 0, 0]), told("b", [5, 6, 9], [30, 90, 0])],
        stream: streamOf(1),
      },
      start.state,
    );
    const tableOf = (client: string) => [...next.get(client)!["table:deep/id"]!.data];
    // Row 0 is (10 + 30 x 5) / 40 = 4 for all; row 1 is b's alone; row 2, which nobody holds, stays.
    near(tableOf("a"), [0.25 * 1 + 0.75 * 4, 6, 0.5]);
    near(tableOf("b"), [0.5 * 5 + 0.5 * 4, 6, 0.5]);
    near(tableOf("z"), [0.5, 0.5, 0.5]);
  });
});
