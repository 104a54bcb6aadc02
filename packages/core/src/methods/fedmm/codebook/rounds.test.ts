import { describe, expect, test } from "vitest";
import { createRqVae, fitPass, kMeans, rqVaeConfig } from "../../../models/quantization/index.ts";
import { shuffle, streamOf } from "../../../random/index.ts";
import { jaxExecutor } from "../../../tensor/index.ts";
import { configOf, federate, market, WIDTH, type Outcome } from "./codebook.fixture.ts";
import { fedmmConfig } from "../config.ts";
import { entityVectors } from "./entity-vectors.ts";

const three = {
  a: market(1, { items: 60 }),
  b: market(2, { items: 40 }),
  c: market(3, { items: 90 }),
};

/** The rows that the server sent with an exchange. */
function rowsAt({ down }: Outcome, exchange: number): Float32Array {
  const { message } = down.find(({ message: { round } }) => round === exchange)!;
  return message.arrays["rows:item:0"]!.data as Float32Array;
}

test("one market: an independent loop over the RQ-VAE gives the same codes", async () => {
  const config = configOf({ rounds: 3, restartEvery: 0, finalEpochs: 2 });
  const outcome = await federate({ markets: { a: three.a }, config });

  const { vectors, entities } = entityVectors(three.a, "item", {
    alignment: { distribution: "none" },
  });
  const n = entities.length;
  const rqVae = await createRqVae({
    config: rqVaeConfig.parse({
      hidden: [8],
      width: 4,
      levels: 2,
      codes: 8,
      initialisation: { kind: "uniform" },
      restartBelow: 0,
      lastLevel: { kind: "nearest" },
      optimiser: { kind: "adamw", learningRate: 0.01, weightDecay: 0 },
      warmUpSteps: 0,
      clipNorm: null,
      batchSize: 16,
    }),
    inputs: WIDTH,
    executor: jaxExecutor(),
    random: streamOf(1, "codebook", "item", "network"),
  });
  for (const level of [0, 1]) {
    const { residuals } = await rqVae.quantise(vectors);
    const shared = { width: 4, clusters: 8, iterations: 10 };
    const own = await kMeans(residuals[level]!, {
      ...shared,
      random: streamOf(1, "codebook", "item", "groups", level, "a"),
    });
    const joined = await kMeans(own.centres, {
      ...shared,
      weights: own.sizes,
      random: streamOf(1, "codebook", "item", "start", level),
    });
    rqVae.codebooks[level]!.rows.set(joined.centres);
  }
  const pass = async (epoch: number) => {
    const random = streamOf(1, "codebook", "item", "pass", epoch, "a");
    const order = Int32Array.from({ length: n }, (_, i) => i);
    shuffle(random, order);
    await fitPass(rqVae, vectors, { inputs: WIDTH, order, random, epoch });
  };
  for (let round = 0; round < 3; round++) {
    const before = rqVae.codebooks.map(({ rows }) => rows.slice());
    await pass(round);
    const codes = await rqVae.encode(vectors);
    rqVae.codebooks.forEach(({ rows }, level) => {
      for (let k = 0; k < 8; k++)
        if (!codes.some((code, at) => at % 2 === level && code === k))
          rows.set(before[level]!.subarray(4 * k, 4 * k + 4), 4 * k);
    });
  }
  rqVae.codebooks[0]!.isFixed = true;
  for (const epoch of [3, 4]) await pass(epoch);
  const codes = await rqVae.encode(vectors);
  expect(outcome.codes.get("a")![0]!.codes.slice(2, -2)).toEqual(codes);
  await rqVae.close();
});

describe("markets that are not always there", () => {
  const config = configOf({ rounds: 4, restartEvery: 0 });

  test("a reply that is lost changes the others by the aggregate alone", async () => {
    const whole = await federate({ markets: three, config });
    const lost = await federate({
      markets: three,
      config,
      absent: (client, exchange) => (client === "c" && exchange === 3 ? "reply" : undefined),
    });
    // Exchanges 0 and 1 start levels, 2 is round 0: up to the lost reply all is the same.
    const upTo = (outcome: Outcome) => outcome.up.filter(({ message }) => message.round <= 3);
    expect(upTo(lost).map(({ bytes }) => bytes)).toEqual(upTo(whole).map(({ bytes }) => bytes));
    expect(rowsAt(lost, 4)).not.toEqual(rowsAt(whole, 4));
    // And the aggregate is that of the two that answered.
    const replies = lost.up.filter(({ client, message }) => client !== "c" && message.round === 3);
    const n = { a: 59, b: 39 };
    rowsAt(lost, 4).forEach((value, at) => {
      let [above, below] = [0, 0];
      for (const { client, message } of replies) {
        const uses =
          message.arrays["counts:item:0"]!.data[Math.floor(at / 4)]! /
          Math.sqrt(n[client as keyof typeof n]);
        above += uses * message.arrays["rows:item:0"]!.data[at]!;
        below += uses;
      }
      if (below > 0) expect(value).toBeCloseTo(above / below, 5);
      else expect(value).toBe(rowsAt(lost, 3)[at]);
    });
  });

  test("a market that was never heard leaves the rows as they would be without it", async () => {
    const two = { a: three.a, b: three.b };
    const silent = await federate({
      markets: three,
      config,
      absent: (client) => (client === "c" ? "reply" : undefined),
    });
    const without = await federate({ markets: two, config });
    for (let exchange = 1; exchange <= 6; exchange++)
      expect(rowsAt(silent, exchange)).toEqual(rowsAt(without, exchange));
    for (const name of ["a", "b"]) expect(silent.codes.get(name)).toEqual(without.codes.get(name));
  });

  test.each([2, 4, 6])(
    "a market that joins at exchange %i gets codes, its local level started",
    async (join) => {
      const late = await federate({
        markets: three,
        config,
        absent: (client, exchange) => (client === "c" && exchange < join ? "unasked" : undefined),
      });
      const { codes, levels } = late.codes.get("c")![0]!;
      expect(codes.slice(2, -2).every((code) => code >= 0)).toBe(true);
      expect(new Set(codes.slice(2, -2).filter((_, at) => at % 2 === 1)).size).toBeGreaterThan(3);
      expect(levels[0]!.rows).toEqual(late.codes.get("a")![0]!.levels[0]!.rows);
    },
  );
});

test("a row that no market uses stays as it is, through all rounds", async () => {
  // About 16 clusters in all for 32 codes.
  const config = configOf({ codes: 32, rounds: 3, restartEvery: 0 });
  const outcome = await federate({ markets: { a: three.a, b: three.b }, config });
  const unused = [...Array(32).keys()].filter((k) =>
    outcome.up.every(({ message }) =>
      message.kind === "trained" ? message.arrays["counts:item:0"]!.data[k] === 0 : true,
    ),
  );
  expect(unused.length).toBeGreaterThan(0);
  for (const k of unused)
    expect(rowsAt(outcome, 5).subarray(4 * k, 4 * k + 4)).toEqual(
      rowsAt(outcome, 2).subarray(4 * k, 4 * k + 4),
    );
});

test.each([[["global"]], [["local", "global"]], [["global", "local", "global"]], [["local"]]])(
  "levels %j: federated ones are the same in every market, and errors fall",
  async (levels) => {
    const config = configOf({ levels, rounds: 6, localEpochs: 2, restartEvery: 3 });
    const outcome = await federate({ markets: three, config });
    const [a, b] = [outcome.codes.get("a")![0]!, outcome.codes.get("b")![0]!];
    expect(a.levels.map(({ kind }) => kind)).toEqual(levels);
    a.levels.forEach(({ kind, rows }, level) => {
      if (kind === "global") expect(rows).toEqual(b.levels[level]!.rows);
      else expect(rows).not.toEqual(b.levels[level]!.rows);
    });
    for (const name of ["a", "b", "c"]) {
      const { errorByRound, metrics } = outcome.files.get(name)!.entities.item!;
      expect(errorByRound).toHaveLength(7);
      expect(errorByRound.at(-1)).toBe(metrics.reconstruction);
      expect(errorByRound.at(-1)).toBeLessThan(errorByRound[0]!);
    }
  },
);

test("the defaults are the published recipe", () => {
  const { codebooks } = fedmmConfig.parse({ kind: "fedmm" });
  expect(codebooks).toMatchObject({ levels: ["global", "local"], codes: 256, width: 32 });
});
