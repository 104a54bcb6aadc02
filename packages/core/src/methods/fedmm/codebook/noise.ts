import type { ClientContext } from "../../../federation/client-context.ts";
import { decodeState, statePieces } from "../../../federation/index.ts";
import type { Entity } from "../../../federation/client-memory.ts";
import { AtollError } from "../../../errors/index.ts";
import { accountants, addGaussian, type Account, type Charge } from "../../../privacy/index.ts";
import { servicesOf } from "../../stages/privacy/account.ts";
import { releaseName, type ReleaseName } from "../../stages/privacy/release-name.ts";
import type { CodebookRelease } from "./file.ts";
import type { CodebooksConfig } from "../config.ts";
import { CODEBOOK_STAGE } from "./messages.ts";

/** Under which name a client keeps what it released. */
export const RELEASE_FILE = "codebook-releases";

/** Sums and counts of one codebook, without noise. */
export interface LevelSums {
  readonly entity: Entity;
  readonly level: number;
  /** [codes * width], of clipped vectors; exact. */
  readonly sums: Float64Array;
  /** [codes] */
  readonly counts: Float32Array;
}

/** The same with noise. */
export interface NoisyLevel extends Pick<LevelSums, "entity" | "level" | "counts"> {
  readonly sums: Float32Array;
}

/**
 * An entity adds a vector of norm <= B to the sums and 1 to the counts: in units of (B, 1) it moves the
 * pair by at most sqrt(2), and noise of deviation (z B, z) has the multiplier z / sqrt(2).
 */
const SENSITIVITY = Math.SQRT2;

/** Steps to the norm's power of two: sums of 2^23 entries that are no longer have no rounding. */
const GRID = 2 ** 30;

/** What roundings further on may need: the step of the noise's own grid is 2^-32 deviations. */
const RESERVE = 1e-6;

/**
 * Scales vectors, [n * width], down to a little below norm `longest` where they are longer, and truncates
 * them to a grid on which their sums are exact; returns new ones.
 */
export function clipRows(vectors: Float32Array, width: number, longest: number): Float64Array {
  const clipped = Float64Array.from(vectors);
  const step = 2 ** Math.ceil(Math.log2(longest)) / GRID;
  const bound = longest * (1 - RESERVE);
  for (let from = 0; from < clipped.length; from += width) {
    const row = clipped.subarray(from, from + width);
    const norm = Math.hypot(...row);
    const factor = norm > bound ? bound / norm : 1;
    for (let k = 0; k < width; k++) row[k] = Math.trunc((row[k]! * factor) / step) * step;
  }
  return clipped;
}

export interface NoisySums {
  /** Charges the release, then gives it with noise. */
  readonly release: (round: number, levels: readonly LevelSums[]) => Promise<NoisyLevel[]>;
  readonly releases: readonly CodebookRelease[];
}

/**
 * Adds N(0, (z B)^2) to sums and N(0, z^2) to counts. The unit is one encoded vector in or out of the sums,
 * with the market's encoder as it is: that the vector also had a part in training the encoder, and an
 * interaction in many vectors, the account leaves out. Every release is charged before it is sent, all of
 * them planned beforehand; its noise follows from the party's secret and the clean numbers. So rounds that
 * are done again after a crash send the same noisy numbers and cost nothing more; should a round's clean
 * numbers differ, it is another release, with other noise, for which the plan has no room.
 */
export async function noisySums(
  context: Pick<ClientContext, "name" | "store" | "privacy">,
  {
    privacy,
    rounds,
    entities,
    levels,
  }: Pick<CodebooksConfig, "privacy" | "rounds" | "entities" | "levels">,
): Promise<NoisySums> {
  const { clipNorm, noiseMultiplier, delta } = privacy!;
  const services = servicesOf(`client ${context.name}`, context);
  const mechanism = {
    kind: "gaussian",
    noiseMultiplier: noiseMultiplier / SENSITIVITY,
    samplingRate: 1,
  } as const;
  const numGlobal = levels.filter((kind) => kind === "global").length;
  const account: Account = await services.ledger.account(services.accountName, {
    epsilon: Infinity,
    delta,
    accountant: "rdp",
    adaptivity: {
      kind: "planned",
      plan: [{ mechanism, count: rounds * entities.length * numGlobal }],
    },
  });
  let entries = await readEntries(context.store);

  const chargeOf = (round: number, { id }: ReleaseName, { entity, level }: LevelSums): Charge => ({
    id: `${id}/${entity}/${level}`,
    run: services.run,
    stage: CODEBOOK_STAGE,
    round,
    what: `noisy sums and counts of ${entity} vectors by code, level ${level + 1}`,
    unit: "vector",
    adjacency: "add-remove",
    uses: { mechanism, count: 1 },
  });
  const enter = (charge: Charge, { entity, level }: LevelSums): void => {
    if (entries.some(({ id }) => id === charge.id)) return;
    const count = 1 + entries.filter(({ release }) => release.entity === entity).length;
    const release: CodebookRelease = {
      entity,
      level,
      round: charge.round,
      mechanism: "gaussian",
      sensitivity: SENSITIVITY,
      noiseMultiplier: mechanism.noiseMultiplier,
      delta,
      epsilon: accountants.rdp.epsilon([{ mechanism, count }], delta),
    };
    entries = [...entries, { id: charge.id, release }];
  };
  const noisy = (
    { noise }: ReleaseName,
    { entity, level, sums, counts }: LevelSums,
  ): NoisyLevel => {
    const withNoise = (what: string, values: Float64Array, deviation: number) => {
      addGaussian(values, deviation, noise(`${what}:${entity}:${level}`));
      return Float32Array.from(values);
    };
    return {
      entity,
      level,
      sums: withNoise("sums", sums.slice(), noiseMultiplier * clipNorm),
      counts: withNoise("counts", Float64Array.from(counts), noiseMultiplier),
    };
  };

  return {
    get releases() {
      return entries.map(({ release }) => release);
    },
    release: async (round, given) => {
      const name = releaseName(services, {
        stage: CODEBOOK_STAGE,
        round,
        settings: [noiseMultiplier, clipNorm],
        arrays: Object.fromEntries(
          given.flatMap(({ entity, level, sums, counts }) => [
            [`sums:${entity}:${level}`, sums],
            [`counts:${entity}:${level}`, counts],
          ]),
        ),
      });
      const charges = given.map((level) => chargeOf(round, name, level));
      const answer = await account.charge(charges);
      if (answer.kind === "refused") throw new AtollError(answer.code, answer.why);
      given.forEach((level, i) => enter(charges[i]!, level));
      await context.store.write(
        RELEASE_FILE,
        statePieces({ arrays: {}, metadata: { releases: entries } }),
      );
      return given.map((level) => noisy(name, level));
    },
  };
}

/** A release as reports show it, by its name in the ledger. */
interface Entry {
  readonly id: string;
  readonly release: CodebookRelease;
}

async function readEntries(store: ClientContext["store"]): Promise<readonly Entry[]> {
  const kept = await store.read(RELEASE_FILE);
  return kept === undefined ? [] : (decodeState(kept).metadata["releases"] as readonly Entry[]);
}
