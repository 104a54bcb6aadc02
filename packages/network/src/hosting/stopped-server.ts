import { AtollError } from "@atoll/core/errors";
import { readServerIdentity } from "../identity/index.ts";
import { recordAdministration, type RecordAdministration } from "./administration.ts";
import { readLastRun } from "./last-run.ts";
import { DEFAULT_PORT, openServerRecord, urlsOf } from "./open-server.ts";

export interface StoppedServer {
  readonly administration: RecordAdministration;
  readonly close: () => Promise<void>;
}

/**
 * The record of a server that does not run. IDENTITY_MISSING, RECORD_LOCKED where it runs after all, and RECORD_ELSEWHERE
 * where it is a database that is not named.
 */
export async function openStoppedServer(
  directory: string,
  { now, recordUrl }: { readonly now: () => number; readonly recordUrl?: string | undefined },
): Promise<StoppedServer> {
  const identity = await readServerIdentity(directory, { now });
  const last = readLastRun(directory);
  if (last?.record === "database" && recordUrl === undefined)
    throw new AtollError(
      "RECORD_ELSEWHERE",
      `the server of ${directory} keeps its record in a database and does not run; start it, or name the database with --record`,
    );
  const record = await openServerRecord(directory, recordUrl);
  const urls = last?.urls ?? urlsOf(identity.hosts, DEFAULT_PORT);
  return {
    administration: recordAdministration({ record, directory, identity, urls, now }),
    close: () => record.close(),
  };
}
