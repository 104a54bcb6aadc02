import type { StoredGates } from "@atoll/core/methods";
import type { GatesResult } from "./coordination-schema.ts";

/**
 * What the parties of one cell kept of their gates, as one; undefined where none has gates. Experts are
 * numbered by chance, so that a mean over seeds would mix different ones: the cell is one seed's.
 */
export function gatherGates(
  seed: number,
  kept: readonly (StoredGates | undefined)[],
): GatesResult | undefined {
  const having = kept.flatMap((gates) => (gates === undefined ? [] : [gates]));
  const [first] = having;
  if (first === undefined) return undefined;
  return {
    seed,
    tasks: [...first.tasks],
    clients: Object.fromEntries(
      having.flatMap(({ clients }) =>
        Object.entries(clients).map(([client, shares]) => [client, shares.map((row) => [...row])]),
      ),
    ),
  };
}
