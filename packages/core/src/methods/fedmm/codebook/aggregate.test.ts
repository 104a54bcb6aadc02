import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { streamOf } from "../../../random/index.ts";
import { drawnCodebook, restartUnused, startFromCentres } from "./aggregate-start.ts";
import {
  entityWeights,
  joinedCodebook,
  joinRound,
  type AggregateOptions,
  type Contribution,
} from "./aggregate.ts";

const WIDTH = 2;
const CODES = 3;
const number = fc.float({ min: -4, max: 4, noNaN: true });
const rowsOf = fc.array(number, { minLength: CODES * WIDTH, maxLength: CODES * WIDTH });
const countsOf = fc.array(fc.nat(5), { minLength: CODES, maxLength: CODES });
const someMarkets = fc.array(
  fc.record({ rows: rowsOf, counts: countsOf, sums: rowsOf, extra: fc.nat(3) }),
  { minLength: 1, maxLength: 4 },
);
const rules = ["samples", "sqrt", "uniform"] as const;

const sizeOf = ({ counts, extra }: { counts: number[]; extra: number }) =>
  counts.reduce((sum, count) => sum + count, 0) + extra;

/** What an entity of a market of n counts, but for the common scale. */
function rawWeight(n: number, rule: (typeof rules)[number]): number {
  if (n === 0) return 0;
  return { samples: 1, sqrt: n ** -0.5, uniform: 1 / n }[rule];
}

function start(): Float32Array {
  return Float32Array.of(9, 8, 7, 6, 5, 4);
}

describe.each(rules)("clientWeight %s", (clientWeight) => {
  const options = (aggregation: AggregateOptions["aggregation"], decay = 0.9) => ({
    aggregation,
    clientWeight,
    decay,
  });

  test("usage: each row the mean of the markets', by weighted uses; unused ones stay", () => {
    fc.assert(
      fc.property(someMarkets, (markets) => {
        const joined = joinedCodebook(start(), CODES);
        const given = markets.map((market) => ({
          rows: Float32Array.from(market.rows),
          counts: Float32Array.from(market.counts),
          numEntities: sizeOf(market),
        }));
        joinRound(joined, given, options("usage"));
        for (let k = 0; k < CODES; k++)
          for (let i = 0; i < WIDTH; i++) {
            let [above, below] = [0, 0];
            for (const market of markets) {
              const weight = rawWeight(sizeOf(market), clientWeight) * market.counts[k]!;
              above += weight * market.rows[k * WIDTH + i]!;
              below += weight;
            }
            const at = k * WIDTH + i;
            if (below === 0) expect(joined.rows[at]).toBe(start()[at]);
            else expect(joined.rows[at]).toBeCloseTo(above / below, 4);
          }
      }),
    );
  });

  test("samples: each row the mean of the markets', by weighted sizes; one that nobody moved stays", () => {
    fc.assert(
      fc.property(someMarkets, (markets) => {
        const joined = joinedCodebook(start(), CODES);
        // Nobody touches the second row.
        const given = markets.map((market) => {
          const rows = Float32Array.from(market.rows);
          rows.set(start().subarray(WIDTH, 2 * WIDTH), WIDTH);
          return { rows, numEntities: sizeOf(market) };
        });
        joinRound(joined, given, options("samples"));
        expect(joined.rows.subarray(WIDTH, 2 * WIDTH)).toEqual(start().subarray(WIDTH, 2 * WIDTH));
        const mass = markets.map(
          (market) => sizeOf(market) * rawWeight(sizeOf(market), clientWeight),
        );
        const total = mass.reduce((sum, value) => sum + value, 0);
        if (total === 0) expect(joined.rows).toEqual(start());
        else
          for (const at of [0, 1, 4, 5]) {
            const mean = given.reduce(
              (sum, { rows }, m) => sum + (mass[m]! * rows[at]!) / total,
              0,
            );
            expect(joined.rows[at]).toBeCloseTo(mean, 4);
          }
      }),
    );
  });

  test("sums: the ratio of moving averages, over several rounds", () => {
    fc.assert(
      fc.property(fc.array(someMarkets, { minLength: 1, maxLength: 4 }), (rounds) => {
        const decay = 0.7;
        const joined = joinedCodebook(start(), CODES);
        const expected = start();
        const [n, s] = [new Float64Array(CODES), new Float64Array(CODES * WIDTH)];
        for (const markets of rounds) {
          joinRound(
            joined,
            markets.map((market) => ({
              counts: Float32Array.from(market.counts),
              sums: Float32Array.from(market.sums),
              numEntities: sizeOf(market),
            })),
            options("sums", decay),
          );
          const sizes = markets.map(sizeOf);
          const raw = sizes.map((size) => rawWeight(size, clientWeight));
          const scale =
            sizes.reduce((sum, size) => sum + size, 0) /
            sizes.reduce((sum, size, m) => sum + size * raw[m]!, 0);
          for (let k = 0; k < CODES; k++) {
            const now = (of: (market: (typeof markets)[number]) => number) =>
              markets.reduce(
                (sum, market, m) => sum + (raw[m] === 0 ? 0 : scale * raw[m]! * of(market)),
                0,
              );
            const uses = now(({ counts }) => counts[k]!);
            n[k] = decay * n[k]! + (1 - decay) * uses;
            for (let i = 0; i < WIDTH; i++) {
              const at = k * WIDTH + i;
              s[at] = decay * s[at]! + (1 - decay) * now(({ sums }) => sums[at]!);
              if (uses > 0) expected[at] = s[at] / (n[k]! + 1e-5);
            }
          }
        }
        joined.rows.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 3));
      }),
    );
  });

  test("weights add up to the entities there are", () => {
    const sizes = [100, 4, 0, 25];
    const weights = entityWeights(sizes, clientWeight);
    const total = weights.reduce((sum, weight, m) => sum + weight * sizes[m]!, 0);
    expect(total).toBeCloseTo(129, 9);
    const ratio = { samples: 1, sqrt: 5, uniform: 25 }[clientWeight];
    expect(weights[1]! / weights[0]!).toBeCloseTo(ratio, 9);
    expect(weights[2]).toBe(0);
  });
});

test("of one market every row is its own, to the last bit", () => {
  const rows = Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.7, 1 / 3);
  const given = { rows, counts: Float32Array.of(3, 7, 11), numEntities: 23 };
  for (const clientWeight of rules)
    for (const aggregation of ["usage", "samples"] as const) {
      const joined = joinedCodebook(start(), CODES);
      joinRound(joined, [given], { aggregation, clientWeight, decay: 0.9 });
      expect(joined.rows).toEqual(rows);
    }
});

test("with noise, codes below twice its deviation are not used, and rows are no longer than told", () => {
  const joined = joinedCodebook(start(), CODES);
  const given = {
    counts: Float32Array.of(1.5, 30, -2),
    sums: Float32Array.of(1, 1, 300, 400, 9, 9),
    numEntities: 30,
  };
  const noise = { longest: 5, deviation: 1 };
  const uses = joinRound(joined, [given], {
    aggregation: "sums",
    clientWeight: "samples",
    decay: 0.5,
    ...noise,
  });
  expect([...uses]).toEqual([0, 30, 0]);
  expect([...joined.rows.subarray(0, 2), ...joined.rows.subarray(4)]).toEqual([9, 8, 5, 4]);
  expect(joined.rows[2]).toBeCloseTo(3, 5);
  expect(joined.rows[3]).toBeCloseTo(4, 5);
});

test("unused codes start next to the most used ones, whose uses they share", () => {
  const joined = joinedCodebook(Float32Array.of(0, 0, 10, 10, 3, 3, 4, 4), 4);
  joined.counts.set([8, 6, 0, 0]);
  joined.sums.set([0, 0, 60, 60, 0, 0, 0, 0]);
  restartUnused(joined, Float64Array.of(8, 6, 0, 0), streamOf(1));
  // The first takes half of the 8, then 6 is the most.
  expect([...joined.counts]).toEqual([4, 3, 4, 3]);
  expect([...joined.rows.subarray(0, 4)]).toEqual([0, 0, 10, 10]);
  for (const [at, near] of [
    [4, 0],
    [5, 0],
    [6, 10],
    [7, 10],
  ] as const) {
    expect(joined.rows[at]).not.toBe(near);
    expect(Math.abs(joined.rows[at]! - near)).toBeLessThan(0.3);
  }
  joined.rows.forEach((value, at) => {
    const k = Math.floor(at / 2);
    expect(joined.sums[at]! / joined.counts[k]!).toBeCloseTo(value, 4);
  });
  const nobody = drawnCodebook(4, 2, 1, streamOf(2));
  const before = nobody.rows.slice();
  restartUnused(nobody, new Float64Array(4), streamOf(1));
  expect(nobody.rows).toEqual(before);
});

describe("start from the markets' centres", () => {
  const options = { width: 1, clientWeight: "samples" as const };
  const given = (rows: number[], counts: number[]): Contribution => ({
    rows: Float32Array.from(rows),
    counts: Float32Array.from(counts),
    numEntities: counts.reduce((sum, count) => sum + count, 0),
  });

  test("centres are joined by weight", async () => {
    const markets = [given([0, 10, 99], [3, 5, 0]), given([1, 12, 99], [1, 5, 0])];
    const { rows } = await startFromCentres(markets, {
      ...options,
      numCodes: 2,
      random: streamOf(1),
    });
    const found = [...rows].sort((a, b) => a - b);
    expect(found[0]).toBeCloseTo(0.25, 6);
    expect(found[1]).toBeCloseTo(11, 6);
  });

  test("fewer centres than codes: the rest start next to them, none at the unused 99", async () => {
    const markets = [given([0, 10, 99], [3, 5, 0])];
    const { rows } = await startFromCentres(markets, {
      ...options,
      numCodes: 6,
      random: streamOf(1),
    });
    for (const value of rows)
      expect(Math.min(Math.abs(value), Math.abs(value - 10))).toBeLessThan(1);
    expect(new Set(rows).size).toBe(6);
  });

  test("no centres at all: a drawn codebook", async () => {
    const { rows } = await startFromCentres([given([0, 0], [0, 0])], {
      ...options,
      numCodes: 2,
      random: streamOf(1),
    });
    expect(rows).toEqual(drawnCodebook(2, 1, 1, streamOf(1)).rows);
  });
});
