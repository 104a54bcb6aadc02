import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StrategyUpdate } from "../../../federation/index.ts";
import { clip, normOf, privacyConfig, type UpdatePrivacyConfig } from "../../../privacy/index.ts";
import { settingsOf } from "../../two-markets.fixture.ts";
import { centralJoin, sumOnGrid } from "./central.ts";
import { testServices, watchedLedger } from "./services.fixture.ts";

type CentralConfig = Extract<UpdatePrivacyConfig, { readonly kind: "central" }>;

const SIZE = 400;
const exchange = { padding: new Map<string, number>() };
const global = {
  w: { shape: [SIZE], data: new Float32Array(SIZE).map((_, i) => Math.sin(i)) },
  v: { shape: [2], data: Float32Array.of(3, -4) },
};

/** A client that moved every number by so much. */
function mover(client: string, by: number, numExamples = 1): StrategyUpdate {
  const arrays = Object.fromEntries(
    Object.entries(global).map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => value + by) },
    ]),
  );
  return { client, numExamples, arrays };
}

function open(
  privacy: Readonly<Record<string, unknown>>,
  {
    clients = ["a", "b", "c"],
    federation = {},
    secret = 1,
    ledger = watchedLedger(),
  }: {
    readonly clients?: readonly string[];
    readonly federation?: Readonly<Record<string, unknown>>;
    readonly secret?: number;
    readonly ledger?: ReturnType<typeof watchedLedger>;
  } = {},
) {
  const base = settingsOf();
  const settings = settingsOf({ federation: { ...base.federation, rounds: 50, ...federation } });
  const services = testServices("server", { secret, ledger: ledger.ledger });
  const config = privacyConfig.parse({ kind: "central", ...privacy }) as CentralConfig;
  const context = { clients, seed: 1, results: new Map(), privacy: services };
  return { ...centralJoin(context, config, { settings, exchange }), ledger, services };
}

/** What the strategy is given, minus the state before. */
async function meanOf(
  { join }: ReturnType<typeof open>,
  updates: readonly StrategyUpdate[],
  round = 0,
): Promise<Float64Array> {
  const joined = await join({ round, global, updates });
  if (joined.kind === "refused") throw new Error(joined.why);
  expect(joined.updates).toHaveLength(1);
  const [{ arrays }] = joined.updates as [StrategyUpdate];
  return Float64Array.from(arrays["w"]!.data, (value, i) => value - global.w.data[i]!);
}

function momentsOf(values: Float64Array): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance };
}

describe("one client moves the sum by at most C, exactly", () => {
  const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
    minLength: 3,
    maxLength: 3,
  });

  test.each(["flat", "per-layer"] as const)("%s, whatever anybody sends", (clipping) => {
    fc.assert(
      fc.property(
        fc.array(values, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        fc.integer({ min: 1, max: 40 }),
        (list, bound, bits) => {
          const small = {
            p: { shape: [2], data: new Float32Array(2) },
            q: { shape: [1], data: new Float32Array(1) },
          };
          const contributions = list.map(([x, y, z]) => {
            const movement = { p: Float64Array.of(x!, y!), q: Float64Array.of(z!) };
            clip(movement, { bound, clipping });
            return { movement };
          });
          const step = bound * 2 ** -bits;
          const all = sumOnGrid(small, contributions, step);
          const fewer = sumOnGrid(small, contributions.slice(1), step);
          // In steps: whole numbers, whose squares are exact up to 2^53.
          const moved = ["p", "q"].flatMap((name) =>
            [...all[name]!].map((value, i) => BigInt(value) - BigInt(fewer[name]![i]!)),
          );
          const square = moved.reduce((sum, value) => sum + value * value, 0n);
          expect(square <= 2n ** BigInt(2 * bits)).toBe(true);
        },
      ),
    );
  });

  test("per-layer gives each of two arrays C / sqrt(2)", () => {
    const movement = { p: Float64Array.of(30, 40), q: Float64Array.of(0.1) };
    clip(movement, { bound: 1, clipping: "per-layer" });
    expect(normOf({ p: movement.p })).toBeCloseTo(Math.SQRT1_2, 12);
    expect([...movement.q]).toEqual([0.1]);
  });
});

describe("noise", () => {
  const clipNorm = 0.5;

  test.each([
    { noiseMultiplier: 2, federation: {}, expected: 3 },
    { noiseMultiplier: 0.3, federation: { clientsPerRound: 2 }, expected: 2 },
  ])("has mean 0 and deviation z C / D: %o", async ({ noiseMultiplier, federation, expected }) => {
    const server = open({ clipNorm, noiseMultiplier }, { federation });
    const draws: number[] = [];
    for (let round = 0; round < 40; round++)
      draws.push(...(await meanOf(server, [mover("a", 0)], round)));
    const { mean, variance } = momentsOf(Float64Array.from(draws));
    const deviation = (noiseMultiplier * clipNorm) / expected;
    // Five standard errors of 16,000 draws.
    expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(draws.length));
    expect(Math.abs(variance / deviation ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / draws.length));
  });

  test("is on the mean of clipped movements over the expected number, whoever came", async () => {
    const silent = open({ clipNorm, noiseMultiplier: 1e-6 });
    // Each array moves by the same in all 402 numbers: clipped to C together.
    const moved = clipNorm / Math.sqrt(SIZE + 2);
    for (const came of [["a"], ["a", "b"], ["a", "b", "c"]])
      for (const value of await meanOf(
        silent,
        came.map((client) => mover(client, 8)),
      ))
        expect(value).toBeCloseTo((came.length * moved) / 3, 5);
  });

  test("is added where nobody came, and is charged", async () => {
    const server = open({ clipNorm, noiseMultiplier: 1 });
    const { variance } = momentsOf(await meanOf(server, []));
    expect(variance).toBeGreaterThan((clipNorm / 3) ** 2 / 2);
    expect((await server.ledger.read("server"))!.charges).toHaveLength(1);
  });

  test("is the same for the same answers, and costs nothing again; other answers get other noise", async () => {
    const ledger = watchedLedger();
    const [first, again] = [1, 2].map(() => open({ clipNorm, noiseMultiplier: 1 }, { ledger }));
    const noisy = await meanOf(first!, [mover("a", 0)]);
    expect(await meanOf(again!, [mover("a", 0)])).toEqual(noisy);
    expect((await ledger.read("server"))!.charges).toHaveLength(1);
    const other = await meanOf(again!, [mover("a", 2 ** -10)]);
    expect((await ledger.read("server"))!.charges).toHaveLength(2);
    // Were the noise the same, all differences would be alike.
    expect(momentsOf(other.map((value, i) => value - noisy[i]!)).variance).toBeGreaterThan(
      (clipNorm / 3) ** 2,
    );
  });

  test("follows from the answers in whatever order they are, by names, and from the party's secret", async () => {
    const updates = [mover("a", 0.01), mover("b", -0.02)];
    const run = (given: typeof updates, secret?: number) =>
      meanOf(open({ clipNorm, noiseMultiplier: 1 }, secret === undefined ? {} : { secret }), given);
    expect(await run(updates)).toEqual(await run(updates));
    expect(await run(updates, 2)).not.toEqual(await run(updates));
  });
});

describe("without noise", () => {
  test("and without a bound, answers go through bit for bit, with their rows, at epsilon infinity", async () => {
    const updates = [mover("a", 1e20, 7), mover("b", 0.1, 3)];
    const server = open({ clipNorm: "infinity", noiseMultiplier: 0 });
    const joined = await server.join({ round: 0, global, updates });
    if (joined.kind === "refused") throw new Error(joined.why);
    joined.updates.forEach((update, u) => expect(update).toBe(updates[u]));
    expect((await server.ledger.read("server"))!.spent.epsilon).toBe(Infinity);
  });

  test("what is within the bound goes through bit for bit, the rest is scaled to it", async () => {
    const updates = [mover("a", 1e-4, 7), mover("b", 9, 3)];
    const server = open({ clipNorm: 1, noiseMultiplier: 0 });
    const joined = await server.join({ round: 0, global, updates });
    if (joined.kind === "refused") throw new Error(joined.why);
    const [first, second] = joined.updates;
    expect(first).toBe(updates[0]);
    expect(second!.numExamples).toBe(3);
    const moved = second!.arrays["w"]!.data[7]! - global.w.data[7]!;
    expect(moved).toBeCloseTo(1 / Math.sqrt(SIZE + 2), 6);
  });

  test("noise without a bound is refused", () =>
    expect(() => open({ clipNorm: "infinity", noiseMultiplier: 1 })).toThrow(
      "noise on movements without a bound promises nothing",
    ));
});

describe("charges", () => {
  test("every round at z and the cohort's rate, to one client", async () => {
    const server = open(
      { clipNorm: 1, noiseMultiplier: 1.5 },
      { clients: ["a", "b", "c", "d"], federation: { clientsPerRound: 1, cohort: "poisson" } },
    );
    for (let round = 0; round < 3; round++) await server.join({ round, global, updates: [] });
    const { charges, budget, spent } = (await server.ledger.read("server"))!;
    const gaussian = { kind: "gaussian", noiseMultiplier: 1.5 };
    expect(charges.map(({ round }) => round)).toEqual([0, 1, 2]);
    for (const charge of charges)
      expect(charge).toMatchObject({
        unit: "client",
        adjacency: "add-remove",
        uses: { mechanism: { ...gaussian, samplingRate: 0.25 }, count: 1 },
        unamplified: { mechanism: { ...gaussian, samplingRate: 1 }, count: 1 },
      });
    expect(budget).toMatchObject({
      epsilon: Infinity,
      adaptivity: { kind: "planned", plan: [{ count: 50 }] },
    });
    expect(spent.epsilon).toBeLessThan(spent.unamplified!);
  });

  test("the cohort of a fixed size amplifies nothing", async () => {
    const server = open({ noiseMultiplier: 1 }, { federation: { clientsPerRound: 1 } });
    await server.join({ round: 0, global, updates: [] });
    const [charge] = (await server.ledger.read("server"))!.charges;
    expect(charge!.uses.mechanism).toMatchObject({ samplingRate: 1 });
    expect(charge!.unamplified).toBeUndefined();
  });

  test("what would pass the cap is refused, and the bound stays", async () => {
    const server = open({ noiseMultiplier: 1, cap: 6 });
    const kinds: string[] = [];
    for (let round = 0; round < 3; round++)
      kinds.push((await server.join({ round, global, updates: [] })).kind);
    expect(kinds).toEqual(["updates", "refused", "refused"]);
    expect((await server.ledger.read("server"))!.spent.epsilon).toBeLessThan(6);
  });

  test("noise from an epsilon spends it over all rounds, and no more", async () => {
    const server = open({ epsilon: 2 }, { federation: { rounds: 5 } });
    for (let round = 0; round < 5; round++) await server.join({ round, global, updates: [] });
    const { spent } = (await server.ledger.read("server"))!;
    expect(spent.epsilon).toBeLessThanOrEqual(2);
    expect(spent.epsilon).toBeGreaterThan(2 * 0.999);
  });
});

describe("an adaptive bound", () => {
  const adaptive = {
    clipNorm: { quantile: 0.5, initial: 1, countNoise: 0.3 },
    noiseMultiplier: 0.5,
  };

  test("is what the sum's noise is measured by, in the round in which it was applied", async () => {
    const server = open(adaptive);
    // z_delta = (z^-2 - (2 sigma_b)^-2)^(-1/2)
    const own = (0.5 ** -2 - 0.6 ** -2) ** -0.5;
    let bound = 1;
    for (let round = 0; round < 12; round++) {
      const { variance } = momentsOf(await meanOf(server, [], round));
      const deviation = Math.sqrt(variance);
      const before: number = bound;
      expect(deviation / ((own * before) / 3)).toBeGreaterThan(0.8);
      expect(deviation / ((own * before) / 3)).toBeLessThan(1.2);
      bound = (server.save!()["bound"] as number) ?? NaN;
      expect(bound).not.toBe(before);
    }
  });

  test("moves towards where half of the clients are, and is part of a checkpoint", async () => {
    const clients = Array.from({ length: 40 }, (_, c) => `c${c}`);
    const server = open(
      { clipNorm: { quantile: 0.5, initial: 100, learningRate: 0.5 }, noiseMultiplier: 0.1 },
      { clients },
    );
    // Norms of 1 to 40.
    const updates = clients.map((client, c) => mover(client, (c + 1) / Math.sqrt(SIZE + 2)));
    for (let round = 0; round < 40; round++) await server.join({ round, global, updates });
    const bound = server.save!()["bound"] as number;
    expect(bound).toBeGreaterThan(12);
    expect(bound).toBeLessThan(30);
    const fresh = open(
      { clipNorm: { quantile: 0.5, initial: 100, learningRate: 0.5 }, noiseMultiplier: 0.1 },
      { clients },
    );
    fresh.load!(server.save!());
    expect(fresh.save!()).toEqual(server.save!());
    expect(await meanOf(fresh, updates, 40)).toEqual(await meanOf(server, updates, 40));
  });
});

test("an update that is not finite, or of another size, is told with its client", async () => {
  const server = open({ noiseMultiplier: 1 });
  await expect(server.join({ round: 0, global, updates: [mover("b", Infinity)] })).rejects.toThrow(
    'client "b": array "w"',
  );
  const short = { ...mover("b", 0), arrays: { w: global.w } };
  await expect(server.join({ round: 0, global, updates: [short] })).rejects.toThrow(
    'client "b": array "v" has no elements, 2 are needed',
  );
});
