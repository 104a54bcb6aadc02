import type { CoordinationResult, GatesResult, Result } from "@atoll/node/results";

type Stages = NonNullable<Result["methods"][string]["stages"]>;

/** Three rounds: updates agree, then not, then stand across; the second client keeps to itself. */
export function coordinationOf(clients: readonly string[]): CoordinationResult {
  const matrix = (of: (row: number, column: number) => number | null) =>
    clients.map((_, k) => clients.map((__, j) => of(k, j)));
  const cosines = (values: readonly number[]) =>
    values.map((value, round) => ({
      round,
      seeds: 3,
      rows: matrix((k, j) => (k === j ? 1 : k + j === 1 ? value : value / 2)),
    }));
  const own = [0.5, 0.6, 0.7].map((weight, round) => ({
    round,
    seeds: 3,
    rows: matrix((k, j) => (k === j ? weight : (1 - weight) / (clients.length - 1))),
  }));
  const towers = own.map((entry) => ({ ...entry, rows: matrix((k, j) => (k === j ? 1 : 0)) }));
  return {
    clients: [...clients],
    cosines: {
      "expert:0/scenario": cosines([0.8, -0.4, 0]),
      "expert:1/scenario": cosines([0.2, 0.1, -0.2]),
      "tower:1/0": cosines([0.6, 0.6, 0.6]),
    },
    weights: {
      "expert:0/scenario": own,
      "expert:1/scenario": own,
      "tower:1/0": towers,
      "tower:1/1": towers,
    },
    mixing: {
      "expert:0/scenario": [0.1, 0.2, 0.3].map((value, round) => ({
        round,
        seeds: 3,
        values: clients.map((_, k) => (k === 0 && round === 1 ? null : value)),
      })),
    },
  };
}

export function gatesOf(clients: readonly string[]): GatesResult {
  return {
    seed: 1,
    tasks: ["click", "<i>sale</i>"],
    clients: Object.fromEntries(
      clients.map((client, k) => [
        client,
        [
          [0.75, 0.25],
          [k === 0 ? 1 : 0.5, k === 0 ? 0 : 0.5],
        ],
      ]),
    ),
  };
}

/** A training stage that sends factors, towers and rows; 10 rounds of 3 clients. */
export const partStages: Stages = [
  {
    stage: "train",
    rounds: 10,
    answers: 30,
    bytesUp: 30 * 10_000,
    bytesDown: 30 * 8000,
    largestUp: 11_000,
    largestDown: 9000,
    arrays: {
      "expert:0/global": { up: 30 * 1000, down: 30 * 1000 },
      "expert:0/scenario": { up: 30 * 2000, down: 30 * 2000 },
      "expert:10/scenario": { up: 30 * 500, down: 30 * 500 },
      "expert:2/scenario": { up: 30 * 500, down: 30 * 500 },
      "tower:0/0": { up: 30 * 300, down: 30 * 300 },
      "table:mmoe/hash_0": { up: 30 * 4000, down: 30 * 3000 },
      "uses:hash_0": { up: 30 * 700, down: 0 },
    },
  },
];
