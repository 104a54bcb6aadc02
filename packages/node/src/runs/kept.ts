import { readCodebooks, readDomains, readGates } from "@atoll/core/methods";
import { directoryStore } from "./directory-store.ts";
import type { CellName } from "./events.ts";
import type { RunFolder } from "./folder.ts";
import { partiesOf, type Plan } from "./plan.ts";

/** Reads what the parties of a cell kept for themselves: never messages. */
export function keptBy(
  folder: Pick<RunFolder, "party">,
  { methods }: Plan,
  clients: readonly string[],
) {
  const parties = (cell: CellName) =>
    partiesOf(methods.find(({ entry }) => entry.name === cell.method)!.entry, clients);
  const storesOf = (cell: CellName) =>
    parties(cell).map(({ name }) => ({ name, store: directoryStore(folder.party(cell, name)) }));
  return {
    readEvaluation: async (cell: CellName, client: string, file: string) => {
      const party = parties(cell).find((candidate) => candidate.clients.includes(client))!;
      return (await directoryStore(folder.party(cell, party.name)).read(file))!;
    },
    /** By party; none of a method without codes. */
    readCodebooks: async (cell: CellName) => {
      const kept = storesOf(cell).map(async ({ name, store }) => {
        const codebooks = await readCodebooks(store);
        return codebooks === undefined ? [] : [[name, codebooks] as const];
      });
      return Object.fromEntries((await Promise.all(kept)).flat());
    },
    readGates: (cell: CellName) => Promise.all(storesOf(cell).map(({ store }) => readGates(store))),
    readDomains: async (cell: CellName) => {
      const kept = await Promise.all(storesOf(cell).map(({ store }) => readDomains(store)));
      return kept.flatMap((domains) => domains ?? []);
    },
  };
}
