import { sha256 } from "@noble/hashes/sha2.js";
import type { ClientContext } from "../../../federation/client-context.ts";
import { decodeState, statePieces } from "../../../federation/index.ts";
import type { Entity } from "../../../federation/client-memory.ts";
import type { WireArray } from "../../../federation/types.ts";
import { releaseLedger, secureNormal } from "../../../privacy/index.ts";
import type { CodebookRelease } from "./file.ts";
import type { CodebooksConfig } from "../config.ts";

/** Under which name a client keeps its account, and, followed by the round, what it released in each. */
export const RELEASE_FILE = "codebook-releases";

/** Sums and counts of one codebook. */
export interface LevelSums {
  readonly entity: Entity;
  readonly level: number;
  /** [codes * width] */
  readonly sums: Float32Array;
  /** [codes] */
  readonly counts: Float32Array;
}

/**
 * An entity adds a vector of norm <= B to the sums and 1 to the counts: in units of (B, 1) it moves the
 * pair by at most sqrt(2), and noise of deviation (z B, z) has the multiplier z / sqrt(2).
 */
const SENSITIVITY = Math.SQRT2;

/** Scales vectors, [n * width], down to norm `longest` where they are longer; returns new ones. */
export function clipRows(vectors: Float32Array, width: number, longest: number): Float32Array {
  const clipped = vectors.slice();
  for (let from = 0; from < clipped.length; from += width) {
    const row = clipped.subarray(from, from + width);
    const norm = Math.hypot(...row);
    // A little below, so that rounding to float32 cannot leave it above.
    if (norm > longest) row.forEach((value, k) => (row[k] = (value * longest * (1 - 1e-6)) / norm));
  }
  return clipped;
}

export interface NoisySums {
  /** The same with noise, to be sent. Written to the client's store first, with its price. */
  readonly release: (round: number, levels: readonly LevelSums[]) => Promise<LevelSums[]>;
  readonly releases: readonly CodebookRelease[];
}

/**
 * Adds N(0, (z B)^2) to sums and N(0, z^2) to counts, and keeps the account. The unit is one encoded vector
 * in or out of the sums, with the market's encoder as it is: that the vector also had a part in training
 * the encoder, and an interaction in many vectors, the account leaves out. What is released is charged, then
 * written to the client's store by round, then sent: rounds that are done again after a crash, however many
 * they are, send the same noisy numbers again and cost nothing more; should a round's clean numbers differ,
 * it is another release, and is charged beside the first.
 */
export async function noisySums(
  context: Pick<ClientContext, "store" | "cryptography">,
  { clipNorm, noiseMultiplier, delta }: NonNullable<CodebooksConfig["privacy"]>,
): Promise<NoisySums> {
  const normal = secureNormal(context.cryptography.randomBytes);
  const ledger = releaseLedger({ delta });
  const account = await context.store.read(RELEASE_FILE);
  let releases =
    account === undefined
      ? []
      : (decodeState(account).metadata["releases"] as readonly CodebookRelease[]);

  const charge = (round: number, { entity, level }: LevelSums): void => {
    const paid = {
      what: entity,
      sensitivity: SENSITIVITY,
      noiseMultiplier: noiseMultiplier / SENSITIVITY,
    };
    const sofar = releases.filter((release) => release.entity === entity).length;
    let state = ledger.init();
    for (let i = 0; i <= sofar; i++) state = ledger.step(state, paid);
    const { sensitivity, noiseMultiplier: multiplier } = paid;
    releases = [
      ...releases,
      {
        entity,
        level,
        round,
        mechanism: "gaussian",
        sensitivity,
        noiseMultiplier: multiplier,
        delta,
        epsilon: state.epsilon,
      },
    ];
  };
  const noisy = (values: Float32Array, deviation: number) =>
    values.map((value) => value + deviation * normal());
  const noisyArrays = (levels: readonly LevelSums[]): Record<string, WireArray> => {
    const arrays: Record<string, WireArray> = {};
    for (const { entity, level, sums, counts } of levels)
      for (const [name, data] of [
        [`sums:${entity}:${level}`, noisy(sums, noiseMultiplier * clipNorm)],
        [`counts:${entity}:${level}`, noisy(counts, noiseMultiplier)],
      ] as const)
        arrays[name] = { shape: [data.length], data };
    return arrays;
  };

  return {
    get releases() {
      return releases;
    },
    release: async (round, levels) => {
      const key = keyOf(round, levels);
      const file = `${RELEASE_FILE}-${round}`;
      const kept = await context.store.read(file);
      const before = kept && decodeState(kept);
      let arrays = before?.arrays;
      if (arrays === undefined || before?.metadata["key"] !== key) {
        for (const given of levels) charge(round, given);
        // A crash between the two costs a release that nobody got, and hides none.
        await context.store.write(
          RELEASE_FILE,
          statePieces({ arrays: {}, metadata: { releases } }),
        );
        arrays = noisyArrays(levels);
        await context.store.write(file, statePieces({ arrays, metadata: { key } }));
      }
      const read = (name: string) => (arrays[name]!.data as Float32Array).slice();
      return levels.map(({ entity, level }) => ({
        entity,
        level,
        sums: read(`sums:${entity}:${level}`),
        counts: read(`counts:${entity}:${level}`),
      }));
    },
  };
}

/** A round and its clean numbers; stays in the silo. */
function keyOf(round: number, levels: readonly LevelSums[]): string {
  const hash = sha256.create();
  const bytesOf = (data: Float32Array) =>
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  hash.update(
    new TextEncoder().encode(
      JSON.stringify([round, levels.map(({ entity, level }) => [entity, level])]),
    ),
  );
  for (const { sums, counts } of levels) hash.update(bytesOf(sums)).update(bytesOf(counts));
  return Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
