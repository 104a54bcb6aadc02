import { describe, expect, test } from "vitest";
import {
  accountants,
  privacyConfig,
  type UpdatePrivacyConfig,
  type Uses,
} from "../../../privacy/index.ts";
import { settingsOf } from "../../two-markets.fixture.ts";
import { clientWith, momentsOf, moved, movementIn, requestOf } from "./client.fixture.ts";
import { localProtection, noiseSchedule } from "./local.ts";

type LocalConfig = Extract<UpdatePrivacyConfig, { readonly kind: "local" }>;

const configOf = (privacy: Readonly<Record<string, unknown>>) =>
  privacyConfig.parse({ kind: "local", ...privacy }) as LocalConfig;

const exchange = { padding: new Map<string, number>() };

async function open(
  privacy: Readonly<Record<string, unknown>>,
  {
    federation = {},
    ...given
  }: Parameters<typeof clientWith>[0] & {
    readonly federation?: Readonly<Record<string, unknown>>;
  } = {},
) {
  const base = settingsOf();
  const settings = settingsOf({ federation: { ...base.federation, rounds: 50, ...federation } });
  const { context, ledger } = clientWith(given);
  const protection = await localProtection(context, configOf(privacy), { settings, exchange });
  const answer = async (round: number, by: number) => {
    const released = await protection.release(requestOf(round), moved(by));
    if (released.kind === "refused") throw new Error(released.why);
    return released.arrays;
  };
  return { ...protection, answer, account: async () => (await ledger.read("a"))! };
}

const gaussian = (noiseMultiplier: number, samplingRate = 1, count = 1): Uses => ({
  mechanism: { kind: "gaussian", noiseMultiplier, samplingRate },
  count,
});

const free = { epsilon: 1e9 };

test("noise that begins below its least is refused: answers would say as much as without noise", async () =>
  await expect(open({ noiseMultiplier: 0, leastNoise: 1 })).rejects.toThrow(
    new RangeError("privacy: leastNoise 1 is above noiseMultiplier 0"),
  ));

describe("noise", () => {
  test.each([
    { adjacency: "add-remove", sensitivity: 1 },
    { adjacency: "replace", sensitivity: 2 },
  ])(
    "of $adjacency has deviation z times $sensitivity C, decaying",
    async ({ adjacency, sensitivity }) => {
      const client = await open({
        ...free,
        adjacency,
        clipNorm: 0.5,
        noiseMultiplier: 2,
        decay: 0.9,
        leastNoise: 1,
      });
      for (const [round, z] of [2, 1.8, 1.62, 1.458].entries()) {
        const { mean, variance } = momentsOf(movementIn(await client.answer(round, 0)));
        const deviation = z * sensitivity * 0.5;
        // Five standard errors of 402 draws.
        expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(402));
        expect(Math.abs(variance / deviation ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / 402));
      }
      const { variance } = momentsOf(movementIn(await client.answer(49, 0)));
      expect(Math.abs(variance / (sensitivity * 0.5) ** 2 - 1)).toBeLessThan(
        5 * Math.sqrt(2 / 402),
      );
    },
  );

  test("is scheduled by the round's number: max(first R^t, least), or stays", () => {
    const adaptive = noiseSchedule(configOf({ noiseMultiplier: 4, decay: 0.5, leastNoise: 1 }));
    expect([0, 1, 2, 3, 9].map(adaptive)).toEqual([4, 2, 1, 1, 1]);
    const fixed = noiseSchedule(configOf({ mode: "static", noiseMultiplier: 4, decay: 0.5 }));
    expect([0, 1, 9].map(fixed)).toEqual([4, 4, 4]);
  });

  test("is on a movement that was clipped, all arrays together", async () => {
    const client = await open({ ...free, clipNorm: 2, noiseMultiplier: 1e-4 });
    const movement = movementIn(await client.answer(0, 1e6));
    const norm = Math.sqrt(movement.reduce((sum, value) => sum + value * value, 0));
    expect(norm).toBeCloseTo(2, 1);
    for (const value of movement) expect(Math.abs(value - 2 / Math.sqrt(402))).toBeLessThan(2e-3);
  });

  test("is drawn once: the same movement gets the same and costs nothing again, another gets another", async () => {
    // A schedule that stays lets a round be made again, as long as rounds are left.
    const free = { epsilon: 1e9, mode: "static" };
    const first = await open(free);
    const bytes = await first.answer(0, 0.01);
    const { ledger } = clientWith();
    const [one, two] = [await open(free, { ledger }), await open(free, { ledger })];
    expect(await one.answer(0, 0.01)).toEqual(bytes);
    expect(await two.answer(0, 0.01)).toEqual(bytes);
    expect((await ledger.read("a"))!.charges).toHaveLength(1);
    const other = movementIn(await two.answer(0, 0.01 + 2 ** -12));
    const difference = momentsOf(other.map((value, i) => value - movementIn(bytes)[i]!));
    // Two independent draws of deviation 2; the same draw would leave nothing.
    expect(difference.variance).toBeGreaterThan(4);
    expect((await ledger.read("a"))!.charges).toHaveLength(2);
    expect(await (await open(free, { secret: 2 })).answer(0, 0.01)).not.toEqual(bytes);
  });

  test("of another deviation on the same movement is another draw", async () => {
    const [weak, strong] = [
      await open({ ...free, noiseMultiplier: 1 }),
      await open({ ...free, noiseMultiplier: 2 }),
    ];
    const [one, two] = [await weak.answer(0, 0), await strong.answer(0, 0)].map(movementIn);
    // Were it the same normal draw, one would be twice the other, and both would be known.
    expect(momentsOf(two!.map((value, i) => value - 2 * one![i]!)).variance).toBeGreaterThan(4);
  });

  test("0 without a bound leaves arrays as they are, at epsilon infinity and no budget", async () => {
    const client = await open({ clipNorm: "infinity", noiseMultiplier: 0, epsilon: 1 });
    const arrays = moved(1e20);
    const released = await client.release(requestOf(0), arrays);
    expect(released).toEqual({ kind: "released", arrays });
    expect((await client.account()).spent.epsilon).toBe(Infinity);
    await expect(open({ clipNorm: "infinity" })).rejects.toThrow("promises nothing");
  });
});

describe("charges", () => {
  test("every round at q = 1, before it leaves, at what the accountant says of the schedule", async () => {
    const client = await open({ epsilon: 100, noiseMultiplier: 4, decay: 0.9 });
    for (let round = 0; round < 5; round++) await client.answer(round, 0.1);
    const { charges, spent } = await client.account();
    const uses = [0, 1, 2, 3, 4].map((round) => gaussian(4 * 0.9 ** round));
    charges.forEach((charge, round) => {
      expect(charge).toMatchObject({ round, unit: "client", adjacency: "add-remove" });
      expect(charge.uses.mechanism).toMatchObject({ samplingRate: 1 });
      expect(charge.uses.mechanism.noiseMultiplier).toBeCloseTo(4 * 0.9 ** round, 12);
      expect(charge.amplified).toBeUndefined();
    });
    expect(spent.epsilon).toBeCloseTo(accountants.rdp.epsilon(uses, 1e-5), 9);
  });

  test("a client retires before its budget is passed", async () => {
    const client = await open({ epsilon: 3, mode: "static", noiseMultiplier: 4 });
    const kinds: string[] = [];
    for (let round = 0; round < 20; round++)
      kinds.push((await client.release(requestOf(round), moved(0.1))).kind);
    const paid = kinds.filter((kind) => kind === "released").length;
    const epsilonOf = (count: number) => accountants.rdp.epsilon([gaussian(4, 1, count)], 1e-5);
    expect(kinds.slice(0, paid)).not.toContain("refused");
    expect(kinds.slice(paid)).not.toContain("released");
    expect(epsilonOf(paid)).toBeLessThanOrEqual(3);
    expect(epsilonOf(paid + 1)).toBeGreaterThan(3);
    expect((await client.account()).spent.epsilon).toBeCloseTo(epsilonOf(paid), 9);
    expect((await client.account()).charges).toHaveLength(paid);
  });

  test("a cap below the budget counts", async () => {
    const client = await open({ epsilon: 3, cap: 0.5, noiseMultiplier: 1 });
    expect((await client.release(requestOf(0), moved(0.1))).kind).toBe("refused");
    expect((await client.account()).budget.epsilon).toBe(0.5);
  });

  const poisson = { clientsPerRound: 1, cohort: "poisson", rounds: 10 };

  test("amplified by a secret cohort, rounds in which the client was not drawn count too", async () => {
    const client = await open({ ...free, noiseMultiplier: 4, decay: 0.9 }, { federation: poisson });
    await client.answer(2, 0.1);
    await client.answer(3, 0.1);
    const saved = client.save!();
    await client.answer(7, 0.1);
    await client.end!({ ...requestOf(10), kind: "finish" });
    const { charges, spent } = await client.account();
    const z = (round: number) => 4 * 0.9 ** round;
    const counts = charges.map(({ amplified }) => amplified!.count);
    expect(counts).toEqual([3, 1, 4, 2]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10);
    // At the least noise of the rounds that are counted together.
    [2, 3, 7, 9].forEach((round, i) =>
      expect(charges[i]!.amplified!.mechanism.noiseMultiplier).toBeCloseTo(z(round), 12),
    );
    const exact = Array.from({ length: 10 }, (_, round) => gaussian(z(round), 1 / 3));
    expect(spent.amplified).toBeGreaterThanOrEqual(accountants.rdp.epsilon(exact, 1e-5));
    const participations = [2, 3, 7].map((round) => gaussian(z(round)));
    expect(spent.epsilon).toBeCloseTo(accountants.rdp.epsilon(participations, 1e-5), 9);
    // From a checkpoint the same is charged.
    const { ledger } = clientWith();
    const again = await open(
      { ...free, noiseMultiplier: 4, decay: 0.9 },
      { federation: poisson, ledger },
    );
    again.load!(saved);
    await again.answer(7, 0.1);
    expect((await ledger.read("a"))!.charges[0]!.amplified!.count).toBe(4);
  });

  test("under replace nothing is amplified", async () => {
    const client = await open({ ...free, adjacency: "replace" }, { federation: poisson });
    await client.answer(2, 0.1);
    await client.end!({ ...requestOf(10), kind: "finish" });
    const { charges } = await client.account();
    expect(charges).toHaveLength(1);
    expect(charges[0]!.amplified).toBeUndefined();
  });
});
