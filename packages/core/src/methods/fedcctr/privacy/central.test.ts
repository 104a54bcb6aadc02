import fc from "fast-check";
import { expect, test } from "vitest";
import { accountants } from "../../../privacy/index.ts";
import { momentsOf } from "../../stages/privacy/client.fixture.ts";
import { watchedLedger } from "../../stages/privacy/services.fixture.ts";
import { centralPlan, type CentralConfig } from "./plan.ts";
import { configOf, serverWith, settingsOf, type Watched } from "./privacy.fixture.ts";
import { sumProtectionOf } from "./registry.ts";

const SIZE = 20_000;

function open(
  privacy: Readonly<Record<string, unknown>>,
  {
    config = {},
    rounds = 3,
    ledger = watchedLedger(),
  }: {
    readonly config?: Readonly<Record<string, unknown>>;
    readonly rounds?: number;
    readonly ledger?: Watched;
  } = {},
) {
  const { context } = serverWith(ledger);
  const settings = settingsOf({ kind: "central", ...privacy }, rounds);
  const protection = sumProtectionOf(context, settings, {
    config: configOf(config),
    numClients: 1000,
  });
  const publish = async (round: number, sum: Float64Array) => {
    const answer = await protection.publish(sum, { round, clients: 50 });
    return { answer, sum };
  };
  return { publish, settings, account: async () => (await ledger.read("server"))! };
}

test("noise on the sum has deviation z C, whoever came", async () => {
  const { publish } = open({ noiseMultiplier: 1.5, clipNorm: 0.4 });
  const { sum } = await publish(0, new Float64Array(SIZE).fill(7));
  const { mean, variance } = momentsOf(sum);
  const deviation = 1.5 * 0.4;
  // Five standard errors.
  expect(Math.abs(mean - 7)).toBeLessThan((5 * deviation) / Math.sqrt(SIZE));
  expect(Math.abs(variance / deviation ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / SIZE));
});

test("a round is charged before it is published; the same again has the same noise and costs nothing", async () => {
  const { publish, account } = open({ noiseMultiplier: 2 }, { config: { sampling: 0.1 } });
  const first = await publish(0, Float64Array.of(1, 2));
  const { charges, spent } = await account();
  expect(charges).toHaveLength(1);
  expect(charges[0]).toMatchObject({
    unit: "user",
    adjacency: "add-remove",
    stage: "train",
    round: 0,
    uses: { mechanism: { noiseMultiplier: 2, samplingRate: 0.1 }, count: 1 },
    unamplified: { mechanism: { noiseMultiplier: 2, samplingRate: 1 }, count: 1 },
  });
  const again = await publish(0, Float64Array.of(1, 2));
  expect(again.sum).toEqual(first.sum);
  expect((await account()).spent).toEqual(spent);
  const other = await publish(0, Float64Array.of(1, 2.5));
  expect((await account()).charges).toHaveLength(2);
  expect(other.sum[0]).not.toBe(first.sum[0]);
});

test("what a whole training spends is what the plan costs", async () => {
  const config = { sampling: 0.2, clients: { cohort: 4 } };
  const { publish, account, settings } = open({ epsilon: 2 }, { config, rounds: 12 });
  for (let round = 0; round < 12; round++) await publish(round, Float64Array.of(round));
  const { spent, charges } = await account();
  const { plan } = centralPlan(settings.privacy as CentralConfig, configOf(config), settings);
  expect(spent.epsilon).toBe(accountants.rdp.epsilon(plan, 1e-5));
  expect(spent.epsilon).toBeLessThanOrEqual(2);
  expect(spent.epsilon).toBeGreaterThan(1.999);
  expect(charges[0]!.unit).toBe("client");
});

test("a cap ends the training before it is passed, and nothing is added to what is refused", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0.5, max: 4, noNaN: true }),
      fc.double({ min: 0.3, max: 6, noNaN: true }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      async (noiseMultiplier, cap, sampling) => {
        const { publish, account } = open(
          { noiseMultiplier, cap },
          { config: { sampling }, rounds: 6 },
        );
        for (let round = 0; round < 6; round++) {
          const { answer, sum } = await publish(round, Float64Array.of(1));
          if (answer.kind === "published") continue;
          expect(sum).toEqual(Float64Array.of(1));
          expect(answer.why).toContain("the cap is");
        }
        expect((await account()).spent.epsilon).toBeLessThanOrEqual(cap);
      },
    ),
    { numRuns: 25 },
  );
});

test("noise without a bound is refused; without noise there is no promise, and sums stay as they are", async () => {
  expect(() => open({ noiseMultiplier: 1, clipNorm: "infinity" })).toThrow("without a bound");
  const { publish, account } = open({ noiseMultiplier: 0, clipNorm: "infinity" });
  expect((await publish(0, Float64Array.of(3))).sum).toEqual(Float64Array.of(3));
  expect((await account()).spent.epsilon).toBe(Infinity);
});
