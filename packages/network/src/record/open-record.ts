import { accounts } from "./accounts.ts";
import { auditing } from "./audit.ts";
import { blobsInUse } from "./blobs-in-use.ts";
import { training } from "./cells.ts";
import { enrolment } from "./enrolment.ts";
import { migrate } from "./migrate.ts";
import { runClients } from "./run-clients.ts";
import { running } from "./runs.ts";
import { createStore } from "./store.ts";
import { tasks } from "./tasks.ts";
import type { RunRecord, Sql } from "./types.ts";

/**
 * The record in a database, its tables brought up to date. RECORD_NEWER. `onTransition` is called with a function's name
 * when what it did is committed, before it returns. Closing the record closes the database.
 */
export async function openRecord(
  sql: Sql,
  { onTransition = () => {} }: { readonly onTransition?: (name: string) => void } = {},
): Promise<RunRecord> {
  try {
    await migrate(sql);
  } catch (error) {
    await sql.close();
    throw error;
  }
  const store = createStore(sql, onTransition);
  return {
    ...enrolment(store),
    ...running(store),
    ...runClients(store),
    ...training(store),
    ...tasks(store),
    ...accounts(store),
    ...blobsInUse(store),
    ...auditing(store),
    close: sql.close,
  };
}
