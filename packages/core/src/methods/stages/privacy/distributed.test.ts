import { describe, expect, test } from "vitest";
import {
  accountants,
  distributedNoiseMultiplier,
  noiseShare,
  privacyConfig,
  type UpdatePrivacyConfig,
} from "../../../privacy/index.ts";
import type { StrategyUpdate } from "../../../federation/index.ts";
import { settingsOf } from "../../two-markets.fixture.ts";
import { clientWith, momentsOf, moved, movementIn, requestOf, sent } from "./client.fixture.ts";
import { distributedJoin, distributedProtection } from "./distributed.ts";

type DistributedConfig = Extract<UpdatePrivacyConfig, { readonly kind: "distributed" }>;

const CLIENTS = 3;
const exchange = { padding: new Map<string, number>() };

const configOf = (privacy: Readonly<Record<string, unknown>>) =>
  privacyConfig.parse({ kind: "distributed", minimumClients: 2, ...privacy }) as DistributedConfig;

async function open(
  privacy: Readonly<Record<string, unknown>>,
  given: Parameters<typeof clientWith>[0] = {},
) {
  const { context, ledger } = clientWith(given);
  const base = settingsOf();
  const settings = settingsOf({ federation: { ...base.federation, rounds: 50 } });
  const protection = await distributedProtection(context, configOf(privacy), {
    settings,
    exchange,
  });
  const answer = async (round: number, by: number) => {
    const released = await protection.release(requestOf(round, CLIENTS), moved(by));
    if (released.kind === "refused") throw new Error(released.why);
    return released.arrays;
  };
  return { ...protection, answer, account: async () => (await ledger.read("a"))! };
}

/** Answers of clients with other secrets each; what the server makes of them. */
async function roundOf(
  privacy: Readonly<Record<string, unknown>>,
  movements: readonly number[],
  round = 0,
): Promise<Float64Array | undefined> {
  const updates = await Promise.all(
    movements.map(async (by, secret): Promise<StrategyUpdate> => {
      const client = await open(privacy, { secret });
      return { client: `c${secret}`, numExamples: 1, arrays: await client.answer(round, by) };
    }),
  );
  const { join } = distributedJoin(configOf(privacy), CLIENTS);
  const joined = await join({ round, global: sent, updates });
  if (joined.kind === "refused") throw new Error(joined.why);
  return joined.updates.length === 0 ? undefined : movementIn(joined.updates[0]!.arrays);
}

describe("what leaves", () => {
  test.each([8, 16, 24, 32])(
    "is integers of %i bits, of the shapes that were sent",
    async (bits) => {
      const arrays = await (await open({ bits, noiseMultiplier: 1 })).answer(0, 0.01);
      expect(Object.keys(arrays).sort()).toEqual(Object.keys(sent).sort());
      for (const [name, { shape, data }] of Object.entries(arrays)) {
        expect(shape).toEqual(sent[name]!.shape);
        expect(data).toBeInstanceOf(Int32Array);
        for (const integer of data) {
          expect(integer).toBeGreaterThanOrEqual(-(2 ** (bits - 1)));
          expect(integer).toBeLessThan(2 ** (bits - 1));
        }
      }
    },
  );

  test("is the same for the same movement, which costs nothing again; another gets other noise", async () => {
    const { ledger } = clientWith();
    const [one, two] = [await open({}, { ledger }), await open({}, { ledger })];
    const bytes = await one.answer(0, 0.01);
    expect(await two.answer(0, 0.01)).toEqual(bytes);
    expect((await ledger.read("a"))!.charges).toHaveLength(1);
    const other = await two.answer(0, 0.01 + 2 ** -14);
    const { step } = noiseShare({ ...configOf({}), clients: CLIENTS });
    const differences = Array.from(
      other["w"]!.data,
      (value, i) => (value - bytes["w"]!.data[i]!) * step,
    );
    // Two independent shares of deviation z C / sqrt(2) each.
    expect(momentsOf(differences).variance).toBeGreaterThan(0.7);
    expect((await ledger.read("a"))!.charges).toHaveLength(2);
  });
});

describe("the sum", () => {
  test("without noise is the mean of the clipped movements, to the grid", async () => {
    const mean = await roundOf({ noiseMultiplier: 0, clipNorm: 1 }, [0.01, -0.02, 9]);
    const { step } = noiseShare({ ...configOf({ noiseMultiplier: 0 }), clients: CLIENTS });
    const expected = (0.01 - 0.02 + 1 / Math.sqrt(402)) / 3;
    for (const value of mean!) expect(Math.abs(value - expected)).toBeLessThan(step + 1e-6);
  });

  test.each([2, 3])("of %i clients has their shares of noise, over their number", async (count) => {
    const noiseMultiplier = 3;
    const draws: number[] = [];
    for (let round = 0; round < 5; round++)
      draws.push(...(await roundOf({ noiseMultiplier }, Array(count).fill(0), round))!);
    const { mean, variance } = momentsOf(draws);
    // Each share has variance (z C)^2 / minimumClients.
    const deviation = (noiseMultiplier * Math.sqrt(count / 2)) / count;
    expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(draws.length));
    expect(Math.abs(variance / deviation ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / draws.length));
  });

  test("of fewer clients than minimumClients is not released", async () => {
    expect(await roundOf({}, [0.1])).toBeUndefined();
    expect(await roundOf({}, [])).toBeUndefined();
  });

  test("of arrays of another size is refused with the client", async () => {
    const { join } = distributedJoin(configOf({ minimumClients: 1 }), CLIENTS);
    const short = {
      client: "b",
      numExamples: 1,
      arrays: { w: { shape: [1], data: Int32Array.of(1) } },
    };
    await expect(join({ round: 0, global: sent, updates: [short] })).rejects.toThrow(
      'client "b": array "w" has 1 elements, 400 are needed',
    );
  });
});

describe("charges", () => {
  test("every client pays for the sum of minimumClients shares, before it answers", async () => {
    const config = configOf({ noiseMultiplier: 2, minimumClients: 3 });
    const client = await open({ noiseMultiplier: 2, minimumClients: 3 });
    await client.answer(0, 0.1);
    await client.answer(1, 0.1);
    const { charges, spent } = await client.account();
    const share = noiseShare({ ...config, clients: CLIENTS });
    const noiseMultiplier = distributedNoiseMultiplier({
      ...share,
      clipNorm: 1,
      minimumClients: 3,
      dimension: 402,
    });
    expect(noiseMultiplier).toBeCloseTo(2, 3);
    for (const charge of charges)
      expect(charge).toMatchObject({
        unit: "client",
        adjacency: "add-remove",
        uses: { mechanism: { kind: "discrete-gaussian", noiseMultiplier }, count: 1 },
      });
    const uses = [{ mechanism: { kind: "discrete-gaussian", noiseMultiplier } as const, count: 2 }];
    expect(spent.epsilon).toBeCloseTo(accountants.rdp.epsilon(uses, 1e-5), 9);
  });

  test("a client whose cap is reached sends nothing", async () => {
    const client = await open({ cap: 6 });
    expect((await client.release(requestOf(0), moved(0.1))).kind).toBe("released");
    expect((await client.release(requestOf(1), moved(0.1))).kind).toBe("refused");
    expect((await client.account()).charges).toHaveLength(1);
  });
});
