import { describe, expect, test } from "vitest";
import { accountants } from "../../privacy/index.ts";
import { itemTimes, recencyOf } from "../../request/index.ts";
import { momentsOf } from "../stages/privacy/client.fixture.ts";
import { watchedLedger } from "../stages/privacy/services.fixture.ts";
import { cellsIn, histogram, people, readIn, runCounts } from "./counts.fixture.ts";
import { cellBound } from "./privacy/histogram.ts";
import { peopleOf } from "./people.ts";

const central = { kind: "central", noiseMultiplier: 3 };
const local = { kind: "local", noiseMultiplier: 3 };

/** One cell an item and day, and nothing cut: what exact counts give but for the events of all time. */
const fine = { histogram: { ...histogram, levels: [1], days: [1], bound: 1000 } };

test("without a promise parties count for themselves, and nothing but words travels", async () => {
  const { traffic, contexts } = await runCounts({ config: {} });
  expect(traffic.map(({ kind, arrays }) => [kind, Object.keys(arrays)])).toEqual([
    ["count", []],
    ["counted", []],
  ]);
  expect(contexts[0]!.memory.recency).toBeUndefined();
});

test("fine cells without noise order items as exact windowed counts do", async () => {
  const run = await runCounts({ config: fine });
  const [own] = readIn(run);
  const { events, population } = peopleOf(run.contexts[0]!);
  const exact = recencyOf(itemTimes(population.itemIds.length, events), run.config.request);
  // Both are logarithms of the same mix, plus what events of all time, and a floor, count.
  own!.forEach((score, i) => {
    const other = exact.score(Math.floor(i / 61), i % 61);
    const mix = Math.exp(score) - 0.02;
    expect(Math.abs(Math.exp(other) - 0.05 - mix)).toBeLessThanOrEqual(0.01 * Math.log(40));
  });
});

test("shards share the clients, and their number changes no published cell", async () => {
  const [one, three] = [await runCounts(), await runCounts({ shards: 3 })];
  const [whole] = cellsIn(one, "publish");
  expect(whole!.some((count) => count > 0)).toBe(true);
  cellsIn(three, "publish").forEach((cells) =>
    cells.forEach((count, i) => expect(count).toBeCloseTo(whole![i]!, 5)),
  );
  const clients = three.traffic.flatMap(({ metadata }) => (metadata["clients"] as number) ?? []);
  expect(clients).toEqual([4, 4, 4]);
  const [first, second, third] = readIn(three);
  expect([second, third]).toEqual([first, first]);
});

test("held-out events reach no cell, wherever they are moved", async () => {
  for (const config of [{ histogram }, fine]) {
    const before = await runCounts({ config });
    const after = await runCounts({ config, splits: people({ later: true }) });
    expect(cellsIn(after, "counted")).toEqual(cellsIn(before, "counted"));
    expect(readIn(after)).toEqual(readIn(before));
  }
});

describe.each([
  { of: "without a promise", privacy: { kind: "none" } },
  { of: "central", privacy: central },
  { of: "local", privacy: local },
])("a run that is interrupted, $of", ({ privacy }) =>
  test("goes on to the same popularity", async () => {
    const whole = await runCounts({ privacy, shards: 2 });
    const resumed = await runCounts({ privacy, shards: 2, interrupted: true });
    expect(readIn(resumed)).toEqual(readIn(whole));
  }),
);

describe("central", () => {
  test("the server charges once, and adds noise of z C to every cell", async () => {
    const clean = await runCounts();
    const ledger = watchedLedger();
    const noisy = await runCounts({ privacy: central, ledger });
    const [sum] = cellsIn(clean, "publish");
    const [published] = cellsIn(noisy, "publish");
    const deviation = 2 * Math.sqrt(2);
    const noise = momentsOf(published!.map((value, i) => value - sum![i]!));
    expect(cellBound(noisy.config)).toBe(Math.sqrt(2));
    // Five standard errors.
    const n = sum!.length;
    expect(n).toBeGreaterThan(150);
    expect(Math.abs(noise.mean)).toBeLessThan((5 * deviation) / Math.sqrt(n));
    expect(Math.abs(noise.variance / deviation ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    const { charges, spent } = (await ledger.read("server"))!;
    expect(charges).toHaveLength(1);
    expect(charges[0]).toMatchObject({ stage: "counts", unit: "user", round: 0 });
    const mechanism = { kind: "gaussian", noiseMultiplier: 2, samplingRate: 1 } as const;
    expect(spent.epsilon).toBe(accountants.rdp.epsilon([{ mechanism, count: 1 }], 1e-5));
    // Made again, it is the same release.
    const again = await runCounts({ privacy: central, ledger });
    expect(cellsIn(again, "publish")).toEqual([published]);
    expect((await ledger.read("server"))!.charges).toHaveLength(1);
    expect(await ledger.read("sim-1")).toBeUndefined();
  });

  test("what is published says how strong its noise is", async () => {
    const { traffic } = await runCounts({ privacy: central });
    expect(traffic.find(({ kind }) => kind === "publish")!.metadata["deviation"]).toBeCloseTo(
      2 * Math.sqrt(2),
      12,
    );
  });

  test("a cap that the histogram would pass stops the run before anything is released", async () =>
    await expect(runCounts({ privacy: { ...central, cap: 1 } })).rejects.toMatchObject({
      code: "PRIVACY_BUDGET",
    }));
});

describe("local", () => {
  test("every client is charged, and adds its own noise: sqrt(n) times as much in the sum", async () => {
    const ledger = watchedLedger();
    const run = await runCounts({ privacy: local, shards: 2, ledger });
    const clean = await runCounts({ shards: 2 });
    const [published] = cellsIn(run, "publish");
    const [sum] = cellsIn(clean, "publish");
    const deviation = 2 * Math.sqrt(2) * Math.sqrt(12);
    const noise = momentsOf(published!.map((value, i) => value - sum![i]!));
    expect(Math.abs(noise.variance / deviation ** 2 - 1)).toBeLessThan(
      5 * Math.sqrt(2 / sum!.length),
    );
    expect(run.traffic.find(({ kind }) => kind === "publish")!.metadata["deviation"]).toBeCloseTo(
      deviation,
      12,
    );
    for (let client = 0; client < 12; client++) {
      const account = await ledger.read(`sim-${1 + (client % 2)}/${client}`);
      expect(account!.charges).toHaveLength(1);
      expect(account!.charges[0]).toMatchObject({ stage: "counts", unit: "user" });
    }
  });

  test("who cannot pay sends nothing, and its events are in no cell", async () => {
    // z 2 costs epsilon 2.17.
    const run = await runCounts({ privacy: { ...local, epsilon: 1 } });
    expect(run.traffic.find(({ kind }) => kind === "counted")!.metadata["clients"]).toBe(0);
    expect(cellsIn(run, "counted")[0]!.every((count) => count === 0)).toBe(true);
  });
});

test("shares of too few clients are not used", async () => {
  const distributed = (minimumClients: number) =>
    runCounts({ privacy: { kind: "distributed", minimumClients } });
  const few = await distributed(13);
  expect(cellsIn(few, "publish")[0]!.every((count) => count === 0)).toBe(true);
  const { traffic } = await distributed(3);
  // Twelve shares of 1 / 3 of the variance.
  expect(traffic.find(({ kind }) => kind === "publish")!.metadata["deviation"]).toBeCloseTo(
    2 * Math.sqrt(2) * 2,
    12,
  );
});

test("a promise beside exact counts is refused: nothing protects them", async () => {
  for (const privacy of [central, local])
    await expect(runCounts({ privacy, config: {} })).rejects.toMatchObject({
      code: "PRIVACY_HISTOGRAM",
      message: expect.stringContaining("nothing protects exact counts; set histogram"),
    });
});
