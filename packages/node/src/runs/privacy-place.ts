import { join, resolve } from "node:path";
import { methodOf } from "@atoll/core/methods";
import { ALL_CLIENTS, type PrivacyPlace } from "../ledger/index.ts";
import type { Role } from "./cell.ts";
import type { CellName } from "./events.ts";
import type { RunFolder, RunRecord } from "./folder.ts";
import type { PlannedMethod } from "./plan.ts";

/**
 * Where a party of a cell charges what it releases.
 * Without a ledger of its own choice a training has accounts of its own, in the run's folder; with one, all
 * trainings on a client's rows share the client's, or, where what is released comes of all clients, the one of all.
 */
export function privacyPlaceOf(
  { party, role }: { readonly party: string; readonly role: Role },
  {
    cell,
    planned: { entry, settings },
    folder,
    record: { experiment, experimentDirectory },
  }: {
    readonly cell: CellName;
    readonly planned: PlannedMethod;
    readonly folder: Pick<RunFolder, "path" | "cell" | "party">;
    readonly record: Pick<RunRecord, "experiment" | "experimentDirectory">;
  },
): PrivacyPlace {
  const { privacy } = settings;
  const shared = privacy.kind === "none" ? undefined : privacy.ledger;
  const directory = role === "server" ? folder.cell(cell) : folder.party(cell, party);
  const ofAll = role === "server" || methodOf(entry.kind).parties === "pooled";
  return {
    ledgerPath:
      shared === undefined
        ? join(folder.path, "ledger.sqlite")
        : resolve(experimentDirectory, shared),
    secretPath: join(directory, "noise.secret"),
    ...(shared === undefined
      ? { accountName: [String(cell.seed), cell.method, party].map(inPath).join("/") }
      : { accountName: ofAll ? ALL_CLIENTS : party, shared: true }),
    run: `${String(experiment["name"])}, seed ${cell.seed}, ${cell.method}`,
  };
}

/** A name as a part of one with slashes: names that differ stay different. */
function inPath(name: string): string {
  return name.replaceAll("%", "%25").replaceAll("/", "%2F");
}
