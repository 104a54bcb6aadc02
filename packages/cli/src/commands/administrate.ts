import { resolve } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { openStoppedServer, type RecordAdministration } from "@atoll/network/hosting";
import { adminClientOf, type AdminClient } from "@atoll/network/operations";
import type { AtollContext } from "../context.ts";
import { UsageError } from "./usage-error.ts";
import { deploymentText } from "./deployment-text.ts";

/** What commands ask of a server; the same whether it runs or not. */
export interface Asked extends Pick<
  AdminClient,
  "runs" | "clients" | "revoke" | "invite" | "run" | "results" | "lines" | "audit"
> {
  readonly isRunning: boolean;
}

/**
 * Asks the server that runs in a folder; where none does, its record. RECORD_ELSEWHERE where that is a database that is
 * not named.
 */
export async function administrate<T>(
  context: AtollContext,
  { directory, recordUrl }: { readonly directory: string; readonly recordUrl?: string | undefined },
  work: (asked: Asked) => Promise<T>,
): Promise<T> {
  const folder = resolve(context.cwd, directory);
  const client = await runningServer(folder);
  if (client !== undefined) return work({ ...client, isRunning: true });
  const now = () => context.now().getTime();
  const stopped = await openStoppedServer(folder, { now, recordUrl });
  try {
    return await work({ ...askedOf(stopped.administration), isRunning: false });
  } finally {
    await stopped.close();
  }
}

/** Undefined where no server answers for the folder. */
async function runningServer(folder: string): Promise<AdminClient | undefined> {
  try {
    const client = adminClientOf(folder);
    await client.ready();
    return client;
  } catch (error) {
    if (error instanceof AtollError && error.code === "SERVER_DOWN") return undefined;
    throw error;
  }
}

function askedOf(administration: RecordAdministration): Omit<Asked, "isRunning"> {
  const known = async <T>(run: string, found: Promise<T | undefined>): Promise<T> => {
    const value = await found;
    if (value === undefined) throw new AtollError("RUN_UNKNOWN", `there is no run "${run}"`);
    return value;
  };
  return {
    ...administration,
    run: (id) => known(id, administration.run(id)),
    results: (id) => known(id, administration.results(id)),
    lines: (run, { from = 0, most = 1000 } = {}) =>
      known(run, administration.lines(run, { from, most })),
    audit: ({ from = 0, most = 1000 } = {}) => administration.audit({ from, most }),
  };
}

/** The run that a person means by the beginning of its id. */
export async function runOf(
  { runs }: Pick<Asked, "runs">,
  name: string,
  { server }: { readonly server: string },
): Promise<string> {
  const found = (await runs()).filter(({ id }) => id.startsWith(name));
  const exact = found.find(({ id }) => id === name);
  if (exact !== undefined) return exact.id;
  if (found.length === 0) throw new UsageError(deploymentText.runUnknown(name, { server }));
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(", ");
    throw new UsageError(deploymentText.runAmbiguous(name, { ids }));
  }
  return found[0]!.id;
}
