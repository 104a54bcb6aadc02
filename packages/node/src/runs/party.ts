import type { SplitClient } from "@atoll/core/data";
import type { AugmentationSource } from "../augmentation/index.ts";
import type { ExtensionCode } from "../extensions/index.ts";
import type { PrivacyPlace } from "../ledger/index.ts";
import type { PartySpec } from "../workers/index.ts";
import type { CellName } from "./events.ts";
import type { RunFolder } from "./folder.ts";
import type { Party, PlannedMethod } from "./plan.ts";

/** What a worker thread is told to open a party of a cell. */
export function partySpec(
  { cell, party }: { readonly cell: CellName; readonly party: Party },
  {
    planned: { entry, settings, reads },
    folder,
    privacy,
    augmentation,
    extensions = [],
  }: {
    readonly planned: PlannedMethod;
    readonly folder: Pick<RunFolder, "party">;
    readonly privacy: PrivacyPlace;
    readonly augmentation?: AugmentationSource | undefined;
    readonly extensions?: readonly ExtensionCode[];
  },
): PartySpec {
  const { seed } = cell;
  return {
    id: `${seed}/${cell.method}/${party.name}`,
    name: party.name,
    seed,
    method: entry,
    settings,
    splits: party.clients.map((client) => `${seed}/${client}`),
    directory: folder.party(cell, party.name),
    privacy,
    ...(augmentation && { augmentation }),
    ...(extensions.length > 0 && {
      extensions: extensions.map(({ module, path, files }) => ({ module, path, files })),
    }),
    earlier: Object.fromEntries(
      reads.map((method) => [method, folder.party({ seed, method }, party.name)]),
    ),
  };
}

/** Finds a split by the key that a party names it by; all are of one seed. */
export function splitIn(splits: readonly SplitClient[]): (key: string) => SplitClient {
  return (key) => splits.find(({ client }) => client === key.slice(key.indexOf("/") + 1))!;
}

/** Training rows of a party. */
export function rowsOf(party: PartySpec, splits: readonly SplitClient[]): number {
  const splitOf = splitIn(splits);
  return party.splits.reduce((sum, key) => sum + splitOf(key).counts.train, 0);
}
