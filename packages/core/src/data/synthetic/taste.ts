import { normal, streamOf, type RandomStream } from "../../random/index.ts";
import type { SyntheticConfig } from "./config.ts";

/** Distinct values of each attribute. */
export const NUM_VALUES = { segment: 12, device: 3, category: 12, brand: 40 };
type Attribute = keyof typeof NUM_VALUES;

/** Length of a latent vector. */
export const LATENT = 3;

/** Latent vectors of an attribute's values, [numValues * LATENT]. */
export function latentOf(numValues: number, stream: RandomStream): Float64Array {
  return Float64Array.from(
    { length: numValues * LATENT },
    () => normal(stream) / Math.sqrt(LATENT),
  );
}

/**
 * Shared and own vectors mixed: variances add up to one part. Taste is an inner product of two such
 * vectors, so for a share s of its variance to be common, sqrt(s) of the vectors' variance must be:
 *
 *   x = s^(1/4) shared + (1 - s^(1/2))^(1/2) own,  <x, y> = s^(1/2) <shared x, shared y> + market's own
 */
function mix(shared: Float64Array, own: Float64Array, share: number): Float64Array {
  const a = share ** 0.25;
  const b = Math.sqrt(1 - Math.sqrt(share));
  return shared.map((value, i) => a * value + b * own[i]!);
}

/**
 * The same where the other side of the inner product is a market's own and independent, as users' vectors
 * are: then a share s of the vectors' variance is a share s of the taste's.
 *
 *   x = s^(1/2) shared + (1 - s)^(1/2) own
 */
export function mixOneSide(shared: number, own: number, share: number): number {
  return Math.sqrt(share) * shared + Math.sqrt(1 - share) * own;
}

/** Inner product of vector i of `a` and vector j of `b`: variance 1 where they are independent. */
export function affinity(a: Float64Array, i: number, b: Float64Array, j: number): number {
  let sum = 0;
  for (let k = 0; k < LATENT; k++) sum += a[i * LATENT + k]! * b[j * LATENT + k]!;
  return sum * Math.sqrt(LATENT);
}

/** What a market's users like. */
export interface Taste {
  readonly vectors: Readonly<Record<Attribute, Float64Array>>;
  /** How much the young shun what is dear, in units of BEND; mean square 1. */
  readonly bend: number;
}

function latents(seed: number, owner: string): Record<Attribute, Float64Array> {
  const of = (name: Attribute) => latentOf(NUM_VALUES[name], streamOf(seed, "world", owner, name));
  return {
    segment: of("segment"),
    device: of("device"),
    category: of("category"),
    brand: of("brand"),
  };
}

/** A market's taste depends on its name and the world's settings alone. */
export function tasteOf(client: string, { worldSeed, sharedTaste }: SyntheticConfig): Taste {
  const owner = `market ${client}`;
  const shared = latents(worldSeed, "shared");
  const own = latents(worldSeed, owner);
  const mixed = (name: Attribute) => mix(shared[name], own[name], sharedTaste);
  const ownBend = normal(streamOf(worldSeed, "world", owner, "bend"));
  return {
    vectors: {
      segment: mixed("segment"),
      device: mixed("device"),
      category: mixed("category"),
      brand: mixed("brand"),
    },
    bend: mixOneSide(1, ownBend, sharedTaste),
  };
}
