import { describe, expect, test } from "vitest";
import { accountants, memoryLedger } from "../../../privacy/index.ts";
import { testServices } from "../../stages/privacy/services.fixture.ts";
import { configOf, federate, market } from "./codebook.fixture.ts";
import { sumsOfLevel, usesOfLevel } from "./levels.ts";
import { clipRows, noisySums } from "./noise.ts";

function memoryStore(files = new Map<string, Uint8Array>()) {
  return {
    files,
    write: async (name: string, pieces: readonly Uint8Array[]) => {
      files.set(name, Uint8Array.from(pieces.flatMap((piece) => [...piece])));
    },
    read: async (name: string) => files.get(name),
  };
}

const settings: Parameters<typeof noisySums>[1] = {
  privacy: { clipNorm: 0.5, noiseMultiplier: 3, delta: 1e-5 },
  rounds: 6,
  entities: ["item", "user"],
  levels: ["global", "local"],
};
const clean = {
  entity: "item" as const,
  level: 0,
  sums: new Float64Array(40_000),
  counts: new Float32Array(20_000),
};
const small = { ...clean, sums: Float64Array.of(1, 2), counts: Float32Array.of(1) };

/** A client's noise and account, which outlive what is made of them. */
function party() {
  const privacy = testServices("client");
  const store = memoryStore();
  return { privacy, open: () => noisySums({ name: "client", store, privacy }, settings) };
}

function moments(values: Float32Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(square) };
}

test("noise has the declared deviation: z B on sums, z on counts", async () => {
  const { release } = await party().open();
  const [noisy] = await release(0, [clean]);
  const [sums, counts] = [moments(noisy!.sums), moments(noisy!.counts)];
  // Within five standard errors.
  expect(Math.abs(sums.mean)).toBeLessThan((5 * 1.5) / Math.sqrt(40_000));
  expect(Math.abs(sums.deviation / 1.5 - 1)).toBeLessThan(5 / Math.sqrt(80_000));
  expect(Math.abs(counts.mean)).toBeLessThan((5 * 3) / Math.sqrt(20_000));
  expect(Math.abs(counts.deviation / 3 - 1)).toBeLessThan(5 / Math.sqrt(40_000));
});

test("every entity's part is clipped to the norm, shorter ones stay as they are", () => {
  const vectors = Float32Array.of(3, 4, 0.3, 0.4, 0, 0);
  const clipped = clipRows(vectors, 2, 1);
  expect(clipped[0]).toBeCloseTo(0.6, 5);
  expect(clipped[1]).toBeCloseTo(0.8, 5);
  expect(Math.hypot(clipped[0]!, clipped[1]!)).toBeLessThanOrEqual(1);
  expect([...clipped.subarray(2)]).toEqual([...vectors.subarray(2)]);
  const encoded = {
    codes: Int32Array.of(1, 1, 0),
    residuals: [vectors],
    restored: new Float32Array(0),
  };
  const sums = sumsOfLevel(encoded, 0, { numCodes: 2, width: 2, longest: 1 });
  [0, 0, 0.9, 1.2].forEach((value, at) => expect(sums[at]).toBeCloseTo(value, 5));
  expect([...usesOfLevel(encoded, 0, 2)]).toEqual([1, 2]);
});

test("one vector more moves the sums by no more than the norm, however many there are", () => {
  const width = 3;
  const numVectors = 5000;
  const longest = 0.7;
  const vectors = Float32Array.from(
    { length: numVectors * width },
    (_, i) => Math.sin(i * 7.3) * 10 ** ((i % 9) - 6),
  );
  const summed = (from: number) =>
    sumsOfLevel(
      {
        codes: new Int32Array(numVectors - from),
        residuals: [vectors.subarray(from * width)],
        restored: new Float32Array(0),
      },
      0,
      { numCodes: 1, width, longest },
    );
  const all = summed(0);
  const without = summed(1);
  const [first] = [clipRows(vectors.subarray(0, width), width, longest)];
  // Exactly the clipped vector: no sum was rounded.
  expect([...all].map((sum, k) => sum - without[k]!)).toEqual([...first]);
});

test("a round done again after a crash sends the same numbers and costs nothing more", async () => {
  const { privacy, open } = party();
  const first = await open();
  const sent = await first.release(4, [small]);
  const again = await open();
  expect(await again.release(4, [small])).toEqual(sent);
  expect(again.releases).toEqual(first.releases);
  // Other clean numbers, or another round, are another release.
  const other = await again.release(4, [{ ...small, counts: Float32Array.of(2) }]);
  expect(other).not.toEqual(sent);
  expect(again.releases).toHaveLength(2);
  await again.release(5, [{ ...small, counts: Float32Array.of(2) }]);
  expect(again.releases.map(({ round }) => round)).toEqual([4, 4, 5]);
  // No two releases share noise.
  const labels = privacy.labels.filter((label) => /:item:/.test(label));
  expect(labels).toHaveLength(8);
  expect(new Set(labels).size).toBe(6);
});

test("a crash that throws several rounds back repeats all of them", async () => {
  const { open } = party();
  const inRound = (round: number) => [{ ...small, sums: Float64Array.of(round, 2) }];
  const first = await open();
  const sent = [];
  for (let round = 0; round < 4; round++) sent.push(await first.release(round, inRound(round)));
  const again = await open();
  // The checkpoint is of round 1.
  for (const round of [1, 2, 3])
    expect(await again.release(round, inRound(round))).toEqual(sent[round]);
  expect(again.releases).toEqual(first.releases);
  expect(again.releases).toHaveLength(4);
  await again.release(4, inRound(4));
  expect(again.releases.map(({ round }) => round)).toEqual([0, 1, 2, 3, 4]);
});

test("a crash between the charge and the record of it leaves no release out of either", async () => {
  const privacy = testServices("client");
  const { files, ...store } = memoryStore();
  const open = () => noisySums({ name: "client", store, privacy }, settings);
  const sent = await (await open()).release(0, [small]);
  files.clear();
  const again = await open();
  expect(again.releases).toEqual([]);
  expect(await again.release(0, [small])).toEqual(sent);
  expect(again.releases).toHaveLength(1);
});

test("every release is charged as planned; what the plan has no room for does not leave", async () => {
  const ledger = memoryLedger();
  const privacy = testServices("client", { ledger });
  const context = { name: "client", store: memoryStore(), privacy };
  const { release } = await noisySums(context, { ...settings, rounds: 2 });
  await release(0, [small, { ...small, entity: "user" }]);
  await release(1, [small, { ...small, entity: "user" }]);
  const mechanism = {
    kind: "gaussian",
    noiseMultiplier: 3 / Math.SQRT2,
    samplingRate: 1,
  } as const;
  const uses = { mechanism, count: 1 };
  const account = await ledger.account("client", {
    epsilon: Infinity,
    delta: 1e-5,
    accountant: "rdp",
    adaptivity: { kind: "planned", plan: [{ mechanism, count: 4 }] },
  });
  const { charges, spent } = await account.read();
  expect(charges).toMatchObject(
    [0, 0, 1, 1].map((round) => ({
      run: "test",
      stage: "codebook",
      round,
      unit: "vector",
      adjacency: "add-remove",
      uses,
    })),
  );
  expect(charges[1]!.what).toBe("noisy sums and counts of user vectors by code, level 1");
  expect(spent.epsilon).toBe(accountants.rdp.epsilon([{ mechanism, count: 4 }], 1e-5));
  await expect(release(1, [{ ...small, counts: Float32Array.of(2) }])).rejects.toThrow(
    expect.objectContaining({ code: "PRIVACY_PLAN" }),
  );
});

test("records tell the cost so far of each kind of entity by itself", async () => {
  const noise = await party().open();
  await noise.release(0, [small, { ...small, entity: "user" }]);
  await noise.release(1, [small, { ...small, entity: "user" }]);
  const noiseMultiplier = 3 / Math.SQRT2;
  const cost = (count: number) =>
    accountants.rdp.epsilon(
      [{ mechanism: { kind: "gaussian", noiseMultiplier, samplingRate: 1 }, count }],
      1e-5,
    );
  expect(noise.releases.map(({ entity, round, epsilon }) => [entity, round, epsilon])).toEqual([
    ["item", 0, cost(1)],
    ["user", 0, cost(1)],
    ["item", 1, cost(2)],
    ["user", 1, cost(2)],
  ]);
  expect(noise.releases[0]).toEqual({
    entity: "item",
    level: 0,
    round: 0,
    mechanism: "gaussian",
    sensitivity: Math.SQRT2,
    noiseMultiplier,
    delta: 1e-5,
    epsilon: cost(1),
  });
});

test("without a ledger and noise nothing is released", async () => {
  await expect(noisySums({ name: "a", store: memoryStore() }, settings)).rejects.toThrow(
    "client a: a method with a promise was given no ledger and no noise",
  );
});

describe("in the stage", () => {
  const markets = { a: market(1, { items: 60 }), b: market(2, { items: 90 }) };
  const config = configOf({
    aggregation: "sums",
    privacy: { clipNorm: 4, noiseMultiplier: 0.5 },
  });

  test("nothing but noisy arrays goes up; releases are kept by round", async () => {
    const outcome = await federate({ markets, config, privacyOf: testServices });
    for (const { message } of outcome.up) {
      expect(message.metadata).toEqual({ entities: {} });
      expect(Object.keys(message.arrays).sort()).toEqual(
        message.kind === "trained" ? ["counts:item:0", "sums:item:0"] : [],
      );
      const counts = message.arrays["counts:item:0"]?.data;
      if (counts) expect(counts.some((count) => count !== Math.round(count))).toBe(true);
    }
    const { releases, entities } = outcome.files.get("a")!;
    expect(releases.map(({ round, level }) => [round, level])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    expect(releases[0]!.epsilon).toBeLessThan(releases[2]!.epsilon);
    expect(entities.item!.metrics.reconstruction).toBeLessThan(1);
    // Rows are means of clipped vectors.
    const { levels } = outcome.codes.get("a")![0]!;
    for (let k = 0; k < 8; k++)
      expect(Math.hypot(...levels[0]!.rows.subarray(4 * k, 4 * k + 4))).toBeLessThanOrEqual(4.0001);
  });

  test("a minimum is held against noisy counts, codes below it are left out", async () => {
    const least = configOf({
      aggregation: "sums",
      minimumCount: 6,
      privacy: { clipNorm: 4, noiseMultiplier: 2 },
    });
    const { up } = await federate({ markets, config: least, privacyOf: testServices });
    const trained = up.filter(({ message }) => message.kind === "trained");
    const counts = trained.flatMap(({ message }) => [...message.arrays["counts:item:0"]!.data]);
    expect(counts.every((count) => count === 0 || count >= 6)).toBe(true);
    expect(counts).toContain(0);
    for (const { message } of trained)
      message.arrays["counts:item:0"]!.data.forEach((count, k) => {
        const sums = Array.from(message.arrays["sums:item:0"]!.data).slice(4 * k, 4 * k + 4);
        expect(sums.every((sum) => sum === 0)).toBe(count === 0);
      });
  });

  test("the codebook's start reads no data", async () => {
    const startOf = async (seed: number) => {
      const given = { a: market(seed, { items: 60 }) };
      const { down } = await federate({
        markets: given,
        config,
        privacyOf: (name) => testServices(name, { secret: seed }),
      });
      return down.find(({ message }) => message.kind === "train")!.bytes;
    };
    expect(await startOf(1)).toEqual(await startOf(2));
  });
});
