import type { Observed } from "@atoll/core/methods";
import { describe, expect, test } from "vitest";
import { gatherGates } from "./gather-gates.ts";
import { coordinationResult } from "./coordination-schema.ts";
import { meanObservations } from "./mean-observations.ts";

const seen = (round: number, clients: readonly string[], cosine: number): Observed => ({
  round,
  clients,
  cosines: { "expert:0": clients.map((_, k) => clients.map((__, j) => (k === j ? 1 : cosine))) },
  weights: {},
});

describe("means over seeds of what coordinators saw", () => {
  test("a round that one seed did not reach is the mean of those that did, with their number", () => {
    const result = meanObservations([
      [seen(0, ["a", "b"], 0.5), seen(1, ["a", "b"], 0.2)],
      [seen(0, ["a", "b"], 0.25)],
    ])!;
    expect(result).toEqual({
      clients: ["a", "b"],
      cosines: {
        "expert:0": [
          {
            round: 0,
            seeds: 2,
            rows: [
              [1, 0.375],
              [0.375, 1],
            ],
          },
          {
            round: 1,
            seeds: 1,
            rows: [
              [1, 0.2],
              [0.2, 1],
            ],
          },
        ],
      },
    });
    expect(coordinationResult.parse(result)).toEqual(result);
  });

  test("entries go by the clients' names, whoever took part in which order", () => {
    const rows = [
      [1, -0.5],
      [-0.1, 0.75],
    ];
    const { clients, weights, mixing } = meanObservations([
      [{ round: 4, clients: ["c", "a"], weights: { gate: rows }, mixing: { gate: [0.3, 0.9] } }],
      [{ round: 4, clients: ["a", "b"], weights: { gate: rows }, mixing: { gate: [0.5, 0.7] } }],
    ])!;
    expect(clients).toEqual(["a", "b", "c"]);
    // (a, a): 0.75 of the first seed, 1 of the second; b and c never met.
    expect(weights!["gate"]![0]!.rows).toEqual([
      [0.875, -0.5, -0.1],
      [-0.1, 0.75, null],
      [-0.5, null, 1],
    ]);
    expect(mixing!["gate"]).toEqual([{ round: 4, seeds: 2, values: [0.7, 0.7, 0.3] }]);
  });

  test("four decimals, no negative zero, rounds in order", () => {
    const { cosines } = meanObservations([
      [seen(7, ["a", "b"], 1 / 3), seen(2, ["a", "b"], -0.00001)],
    ])!;
    expect(cosines!["expert:0"]!.map(({ round }) => round)).toEqual([2, 7]);
    expect(Object.is(cosines!["expert:0"]![0]!.rows[0]![1], 0)).toBe(true);
    expect(cosines!["expert:0"]![1]!.rows[0]![1]).toBe(0.3333);
  });

  test("parts stand in one order, however a seed's run was cut", () => {
    const round = (parts: readonly string[]): Observed => ({
      round: 0,
      clients: ["a"],
      mixing: Object.fromEntries(parts.map((part) => [part, [0.5]])),
    });
    const { mixing } = meanObservations([
      [round(["tower:0/0", "expert:1"])],
      [round(["expert:0"])],
    ])!;
    expect(Object.keys(mixing!)).toEqual(["expert:0", "expert:1", "tower:0/0"]);
  });

  test("nothing seen is nothing told", () => {
    expect(meanObservations([undefined, []])).toBeUndefined();
    expect(meanObservations([[{ round: 0, clients: ["a"], weights: {} }]])).toBeUndefined();
  });
});

test("gates of several parties, and of one party with several clients", () => {
  const tasks = ["click"];
  const a = { tasks, clients: { a: [[0.5, 0.5]] } };
  const b = { tasks, clients: { b: [[1, 0]], c: [[0, 1]] } };
  expect(gatherGates(3, [a, undefined, b])).toEqual({
    seed: 3,
    tasks,
    clients: { a: [[0.5, 0.5]], b: [[1, 0]], c: [[0, 1]] },
  });
  expect(gatherGates(3, [undefined])).toBeUndefined();
});
