import type { Defined } from "../metrics/index.ts";
import { MAX_UNITS, userDeltas, type DeltaOptions } from "./bootstrap.ts";

/** A metric of one method on one client (or over clients), with what users do to its mean over seeds. */
export interface Estimate {
  /** By seed. */
  readonly values: readonly number[];
  /** [samples], what each bootstrap sample of users changes of the mean over seeds. */
  readonly deltas: Float64Array;
  /** Users behind the estimate; over clients, of the client with the fewest. */
  readonly numUsers: number;
  /** The clients behind it. */
  readonly parts: readonly Part[];
}

/** What one client has in an estimate. */
export interface Part {
  /** What the client's mean counts: 1, or its share of a mean over clients. */
  readonly share: number;
  /** [users], stretched: the squares add up to the variance of the mean over seeds that is the users'. */
  readonly influence: Float64Array;
  readonly numUsers: number;
}

/**
 * Estimates of one client from one set of user draws: each is given by its measurements, one per seed, of
 * the client's users (or rows: `units` says which). Users that took part in any seed count, and one that
 * took part in several is drawn once for all of them. Influences are stretched by sqrt(n / (n - 1)), so
 * that the variance of the deltas is unbiased.
 */
export function estimate(
  perSeed: readonly (readonly Defined[])[],
  options: DeltaOptions,
): Estimate[] {
  const numUsers = perSeed.map(countUsers);
  const vectors = perSeed.map((seeds, i) => {
    const n = numUsers[i]!;
    const scale = n > 1 ? Math.sqrt(n / (n - 1)) / seeds.length : 0;
    const named = seeds.some(({ units }) => units !== undefined);
    const vector = new Float64Array(named ? Math.min(numUnits(seeds), MAX_UNITS) : numUnits(seeds));
    // Named units may be many more than a seed measures: those that share draws share an entry at once.
    for (const { influence, units } of seeds)
      for (let u = 0; u < influence.length; u++)
        vector[named ? (units?.[u] ?? u) % MAX_UNITS : u]! += scale * influence[u]!;
    return vector;
  });
  const deltas = userDeltas(vectors, options);
  return perSeed.map((seeds, i) => ({
    values: seeds.map(({ value }) => value),
    deltas: deltas[i]!,
    numUsers: numUsers[i]!,
    parts: [{ share: 1, influence: vectors[i]!, numUsers: numUsers[i]! }],
  }));
}

function countUsers(seeds: readonly Defined[]): number {
  const present = new Uint8Array(numUnits(seeds));
  for (const { present: own, units } of seeds)
    for (let u = 0; u < own.length; u++) present[units === undefined ? u : units[u]!]! |= own[u]!;
  return present.reduce((sum, own) => sum + own, 0);
}

function numUnits(seeds: readonly Defined[]): number {
  return Math.max(
    ...seeds.map(({ influence, units }) => {
      if (units === undefined) return influence.length;
      if (units.length !== influence.length)
        throw new RangeError(`${units.length} units for ${influence.length} influences`);
      return units.reduce((most, unit) => Math.max(most, unit + 1), 0);
    }),
  );
}

/** The unweighted mean over clients, whose users are independent and whose seeds are the same. */
export function macroOf(estimates: readonly Estimate[]): Estimate {
  const [first] = estimates;
  if (first === undefined) throw new RangeError("there is no client to average over");
  const share = 1 / estimates.length;
  const deltas = new Float64Array(first.deltas.length);
  for (const own of estimates)
    for (let i = 0; i < deltas.length; i++) deltas[i]! += share * own.deltas[i]!;
  return {
    values: first.values.map((_, s) => estimates.reduce((sum, e) => sum + share * e.values[s]!, 0)),
    deltas,
    numUsers: Math.min(...estimates.map((own) => own.numUsers)),
    parts: estimates.flatMap(({ parts }) =>
      parts.map((part) => ({ ...part, share: part.share * share })),
    ),
  };
}

/** A difference of estimates; what it is made of stays with the two. */
export type Difference = Omit<Estimate, "parts">;

/** `a - b`, paired: both saw the same seeds and the same draws of the same users. */
export function differenceOf(a: Estimate, b: Estimate): Difference {
  if (a.values.length !== b.values.length)
    throw new RangeError(`${a.values.length} seeds cannot be paired with ${b.values.length}`);
  return {
    values: a.values.map((value, s) => value - b.values[s]!),
    deltas: a.deltas.map((delta, i) => delta - b.deltas[i]!),
    numUsers: Math.min(a.numUsers, b.numUsers),
  };
}
