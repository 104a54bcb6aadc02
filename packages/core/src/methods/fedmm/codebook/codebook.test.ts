import { describe, expect, test } from "vitest";
import { normal, streamOf } from "../../../random/index.ts";
import { agreement, codesOf, configOf, federate, market, WIDTH } from "./codebook.fixture.ts";

const one = { a: market(1, { items: 60 }) };
const three = {
  a: market(1, { items: 60 }),
  b: market(2, { items: 40 }),
  c: market(3, { items: 90 }),
};

describe.each(["usage", "samples", "sums"] as const)("aggregation %s", (aggregation) => {
  test("one market gets the codes of local levels alone, to the last bit", async () => {
    const shared = { aggregation, rounds: 4, finalEpochs: 2 };
    const [global, local] = await Promise.all(
      [
        ["global", "local"],
        ["local", "local"],
      ].map((levels) => federate({ markets: one, config: configOf({ ...shared, levels }) })),
    );
    const [mine, own] = [global!, local!].map((outcome) => outcome.codes.get("a")![0]!);
    expect(mine!.codes).toEqual(own!.codes);
    mine!.levels.forEach(({ rows }, level) => expect(rows).toEqual(own!.levels[level]!.rows));
    expect(global!.files.get("a")!.entities.item!.errorByRound).toEqual(
      local!.files.get("a")!.entities.item!.errorByRound,
    );
  });

  test("neither the order of clients nor a stop changes anything", async () => {
    const config = configOf({ aggregation, entities: ["item", "user"] });
    const whole = await federate({ markets: three, config });
    const order = (clients: readonly string[]) => clients.toReversed();
    const backward = await federate({ markets: three, config, order });
    expect(backward.codes).toEqual(whole.codes);
    // Before a local level has started, and in the midst of training.
    for (const restartAt of [1, 4]) {
      const resumed = await federate({ markets: three, config, restartAt });
      expect(resumed.codes).toEqual(whole.codes);
      expect(resumed.files).toEqual(whole.files);
    }
    // Resumed when all is over, the codes are there without a request.
    const over = await federate({ markets: three, config, restartAt: 6 });
    expect(over.codes).toEqual(whole.codes);
  });
});

/** A random rotation, by Gram-Schmidt. */
function rotation(seed: number): (vectors: Float32Array) => Float32Array {
  const random = streamOf(seed, "rotation");
  const axes: number[][] = [];
  while (axes.length < WIDTH) {
    const axis = Array.from({ length: WIDTH }, () => normal(random));
    for (const other of axes) {
      const dot = axis.reduce((sum, value, k) => sum + value * other[k]!, 0);
      axis.forEach((value, k) => (axis[k] = value - dot * other[k]!));
    }
    const norm = Math.hypot(...axis);
    axes.push(axis.map((value) => value / norm));
  }
  return (vectors) =>
    vectors.map((_, at) => {
      const row = Math.floor(at / WIDTH) * WIDTH;
      return axes[at % WIDTH]!.reduce((sum, value, k) => sum + value * vectors[row + k]!, 0);
    });
}

test("equal vectors with a shared network get equal codes; rotated ones do not, until aligned", async () => {
  const twins = { a: market(5, { items: 120 }), b: market(5, { items: 120 }) };
  const turned = { a: twins.a, b: market(5, { items: 120 }, rotation(1)) };
  const agreementOf = async (markets: typeof twins, alignment: object) => {
    const outcome = await federate({
      markets,
      config: configOf({ rounds: 6 }, alignment as Record<string, unknown>),
    });
    return agreement(codesOf(outcome, "a", 0), codesOf(outcome, "b", 0));
  };
  const identical = await agreementOf(twins, { share: "codebook+network" });
  expect(identical).toBeGreaterThanOrEqual(0.8);
  const rotated = await agreementOf(turned, { share: "codebook" });
  expect(rotated).toBeLessThan(identical - 0.3);
  const aligned = await agreementOf(turned, { distribution: "principal-axes" });
  expect(aligned).toBeGreaterThanOrEqual(0.8);
});

test("a market with fewer entities than codes works, as does one without any", async () => {
  const markets = { ...three, d: market(4, { items: 4 }), e: market(6, { items: 1 }) };
  const outcome = await federate({ markets, config: configOf({ codes: 16, localCodes: 16 }) });
  const small = outcome.codes.get("d")![0]!;
  expect(small.levels.map(({ numCodes }) => numCodes)).toEqual([16, 2]);
  expect([...small.codes.subarray(2, 8)].every((code) => code >= 0)).toBe(true);
  // Its only item has no training positive.
  expect([...outcome.codes.get("e")![0]!.codes]).toEqual([-1, -1, -1, -1]);
  // Two levels of 60 items and of number 0, as without the small markets.
  expect(outcome.codes.get("a")![0]!.codes).toHaveLength(2 * 61);
});

test("entities without training positives, and number 0, have code -1; all others a valid one", async () => {
  const outcome = await federate({ markets: three, config: configOf() });
  for (const name of ["a", "b", "c"]) {
    const { codes, levels } = outcome.codes.get(name)![0]!;
    expect([...codes.subarray(0, 2), ...codes.subarray(-2)], name).toEqual([-1, -1, -1, -1]);
    for (let at = 2; at < codes.length - 2; at++) {
      expect(codes[at]).toBeGreaterThanOrEqual(0);
      expect(codes[at]).toBeLessThan(levels[at % 2]!.numCodes);
    }
  }
});
