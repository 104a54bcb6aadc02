import { describe, expect, test } from "vitest";
import type { Cryptography } from "../../../federation/cryptography.ts";
import { noCryptography } from "../../../federation/no-cryptography.fixture.ts";
import { releaseLedger } from "../../../privacy/index.ts";
import { streamOf } from "../../../random/index.ts";
import { configOf, federate, market } from "./codebook.fixture.ts";
import { sumsOfLevel, usesOfLevel } from "./levels.ts";
import { clipRows, noisySums } from "./noise.ts";

/** Bytes of a seeded stream, which only a test may take for noise. */
function bytesFrom(seed: number): Cryptography {
  const random = streamOf(seed, "bytes");
  return {
    ...noCryptography,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => random.next() & 255),
  };
}

function memoryStore(files = new Map<string, Uint8Array>()) {
  return {
    files,
    write: async (name: string, pieces: readonly Uint8Array[]) => {
      files.set(name, Uint8Array.from(pieces.flatMap((piece) => [...piece])));
    },
    read: async (name: string) => files.get(name),
  };
}

const privacy = { clipNorm: 0.5, noiseMultiplier: 3, delta: 1e-5 };
const clean = {
  entity: "item" as const,
  level: 0,
  sums: new Float32Array(40_000),
  counts: new Float32Array(20_000),
};

function moments(values: Float32Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(square) };
}

test("noise has the declared deviation: z B on sums, z on counts", async () => {
  const { release } = await noisySums(
    { store: memoryStore(), cryptography: bytesFrom(1) },
    privacy,
  );
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
  expect(clipped.subarray(2)).toEqual(vectors.subarray(2));
  const encoded = {
    codes: Int32Array.of(1, 1, 0),
    residuals: [vectors],
    restored: new Float32Array(0),
  };
  const sums = sumsOfLevel(encoded, 0, { numCodes: 2, width: 2, longest: 1 });
  [0, 0, 0.9, 1.2].forEach((value, at) => expect(sums[at]).toBeCloseTo(value, 5));
  expect([...usesOfLevel(encoded, 0, 2)]).toEqual([1, 2]);
});

test("a round done again after a crash sends the same numbers and costs nothing more", async () => {
  const store = memoryStore();
  const small = { ...clean, sums: Float32Array.of(1, 2), counts: Float32Array.of(1) };
  const first = await noisySums({ store, cryptography: bytesFrom(1) }, privacy);
  const sent = await first.release(4, [small]);
  const again = await noisySums({ store, cryptography: bytesFrom(2) }, privacy);
  expect(await again.release(4, [small])).toEqual(sent);
  expect(again.releases).toEqual(first.releases);
  // Other clean numbers, or another round, are another release.
  const other = await again.release(4, [{ ...small, counts: Float32Array.of(2) }]);
  expect(other).not.toEqual(sent);
  expect(again.releases).toHaveLength(2);
  await again.release(5, [{ ...small, counts: Float32Array.of(2) }]);
  expect(again.releases.map(({ round }) => round)).toEqual([4, 4, 5]);
});

test("a crash that throws several rounds back repeats all of them", async () => {
  const store = memoryStore();
  const inRound = (round: number) => [
    { ...clean, sums: Float32Array.of(round, 2), counts: Float32Array.of(1) },
  ];
  const first = await noisySums({ store, cryptography: bytesFrom(1) }, privacy);
  const sent = [];
  for (let round = 0; round < 4; round++) sent.push(await first.release(round, inRound(round)));
  const again = await noisySums({ store, cryptography: bytesFrom(2) }, privacy);
  // The checkpoint is of round 1.
  for (const round of [1, 2, 3])
    expect(await again.release(round, inRound(round))).toEqual(sent[round]);
  expect(again.releases).toEqual(first.releases);
  expect(again.releases).toHaveLength(4);
  await again.release(4, inRound(4));
  expect(again.releases.map(({ round }) => round)).toEqual([0, 1, 2, 3, 4]);
});

test("the account is that of the ledger, for each entity by itself", async () => {
  const small = { ...clean, sums: Float32Array.of(1, 2), counts: Float32Array.of(1) };
  const noise = await noisySums({ store: memoryStore(), cryptography: bytesFrom(1) }, privacy);
  await noise.release(0, [small, { ...small, entity: "user" }]);
  await noise.release(1, [small, { ...small, entity: "user" }]);
  const ledger = releaseLedger({ delta: 1e-5 });
  const paid = { what: "item", sensitivity: Math.SQRT2, noiseMultiplier: 3 / Math.SQRT2 };
  const once = ledger.step(ledger.init(), paid);
  const twice = ledger.step(once, paid);
  expect(noise.releases.map(({ entity, round, epsilon }) => [entity, round, epsilon])).toEqual([
    ["item", 0, once.epsilon],
    ["user", 0, once.epsilon],
    ["item", 1, twice.epsilon],
    ["user", 1, twice.epsilon],
  ]);
  expect(noise.releases[0]).toMatchObject({
    sensitivity: Math.SQRT2,
    noiseMultiplier: 3 / Math.SQRT2,
  });
});

describe("in the stage", () => {
  const markets = { a: market(1, { items: 60 }), b: market(2, { items: 90 }) };
  const config = configOf({
    aggregation: "sums",
    privacy: { clipNorm: 4, noiseMultiplier: 0.5 },
  });

  test("nothing but noisy arrays goes up; releases are kept by round", async () => {
    const outcome = await federate({ markets, config, cryptography: bytesFrom(3) });
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
    const { up } = await federate({ markets, config: least, cryptography: bytesFrom(3) });
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
      const { down } = await federate({ markets: given, config, cryptography: bytesFrom(seed) });
      return down.find(({ message }) => message.kind === "train")!.bytes;
    };
    expect(await startOf(1)).toEqual(await startOf(2));
  });
});
