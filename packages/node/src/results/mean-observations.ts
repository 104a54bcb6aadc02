import type { Observed } from "@atoll/core/methods";
import { mean } from "@atoll/core/stats";
import type { CoordinationResult } from "./coordination-schema.ts";

/** Entries by names, of one round of one seed: a client, or two, to a number. */
interface Entries {
  readonly round: number;
  readonly at: ReadonlyMap<string, number>;
}

/**
 * Means over seeds of what coordinators saw, by round and part. Seeds that stopped before a round do not
 * count in it, nor do clients that took no part; undefined where no seed saw anything.
 */
export function meanObservations(
  perSeed: readonly (readonly Observed[] | undefined)[],
): CoordinationResult | undefined {
  const seeds = perSeed.map((rounds) => rounds ?? []);
  const clients = [...new Set(seeds.flat().flatMap((observed) => observed.clients))].sort();
  const matrices = (of: (observed: Observed) => Observed["cosines"]) =>
    byPart(seeds, of, (matrix, names) =>
      matrix.flatMap((row, k) =>
        row.map((value, j) => [pairOf(names[k]!, names[j]!), value] as const),
      ),
    ).map(([part, rounds]) => [
      part,
      rounds.map(({ round, seeds: count, at }) => ({
        round,
        seeds: count,
        rows: clients.map((row) => clients.map((column) => at(pairOf(row, column)))),
      })),
    ]);
  const cosines = matrices((observed) => observed.cosines);
  const weights = matrices((observed) => observed.weights);
  const mixing = byPart(
    seeds,
    (observed) => observed.mixing,
    (values, names) => values.map((value, k) => [names[k]!, value] as const),
  ).map(([part, rounds]) => [
    part,
    rounds.map(({ round, seeds: count, at }) => ({ round, seeds: count, values: clients.map(at) })),
  ]);
  if (cosines.length + weights.length + mixing.length === 0) return undefined;
  return {
    clients,
    ...(cosines.length > 0 && { cosines: Object.fromEntries(cosines) }),
    ...(weights.length > 0 && { weights: Object.fromEntries(weights) }),
    ...(mixing.length > 0 && { mixing: Object.fromEntries(mixing) }),
  };
}

/** The mean of every named entry, part by part; sorted, as a run that was resumed keeps them. */
function byPart<T>(
  seeds: readonly (readonly Observed[])[],
  of: (observed: Observed) => Readonly<Record<string, T>> | undefined,
  entriesOf: (value: T, clients: readonly string[]) => readonly (readonly [string, number])[],
) {
  const parts = new Map<string, Entries[]>();
  for (const observed of seeds.flat())
    for (const [part, value] of Object.entries(of(observed) ?? {})) {
      const all = parts.get(part) ?? [];
      all.push({ round: observed.round, at: new Map(entriesOf(value, observed.clients)) });
      parts.set(part, all);
    }
  const sorted = [...parts].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([part, entries]) => {
    const rounds = [...new Set(entries.map(({ round }) => round))].sort((a, b) => a - b);
    return [
      part,
      rounds.map((round) => {
        const own = entries.filter((entry) => entry.round === round);
        return {
          round,
          seeds: own.length,
          at: (name: string): number | null => {
            const values = own.flatMap(({ at }) => at.get(name) ?? []);
            return values.length === 0 ? null : rounded(mean(values));
          },
        };
      }),
    ] as const;
  });
}

const pairOf = (row: string, column: string) => JSON.stringify([row, column]);

/** Four decimals: what is beyond them is noise, and the file stays readable. */
function rounded(value: number): number {
  // Adding 0 turns -0 into 0.
  return Math.round(value * 1e4) / 1e4 + 0;
}
