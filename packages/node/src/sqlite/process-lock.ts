import { DatabaseSync } from "./database-sync.ts";

export interface ProcessLock {
  readonly release: () => void;
}

/**
 * Makes sure that one process at a time works with what the lock stands for. The lock is the operating system's, on a
 * small database of its own: it ends with its process, however that ends, and says whose it is. Whoever holds it already
 * is named to `refused`, whose error is thrown.
 */
export function takeProcessLock(
  file: string,
  refused: (processId: number | undefined) => Error,
): ProcessLock {
  const database = new DatabaseSync(file, { timeout: 300 });
  try {
    // Who comes between the name and the lock has it, and has written so too.
    writeHolder(database);
    database.exec("BEGIN IMMEDIATE");
  } catch (error) {
    const holder = holderOf(database);
    database.close();
    throw isBusy(error) ? refused(holder) : error;
  }
  return { release: () => database.close() };
}

/** A disk that is full leaves the lock without a name; the lock itself takes no room. */
function writeHolder(database: DatabaseSync): void {
  try {
    database.exec("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS holder (pid INTEGER);");
    database.exec("DELETE FROM holder");
    database.prepare("INSERT INTO holder (pid) VALUES (?)").run(process.pid);
    database.exec("COMMIT");
  } catch (error) {
    if (isBusy(error)) throw error;
    if (database.isTransaction) database.exec("ROLLBACK");
  }
}

const BUSY = 5;

const isBusy = (error: unknown) => (error as { readonly errcode?: number }).errcode === BUSY;

function holderOf(database: DatabaseSync): number | undefined {
  try {
    return database.prepare("SELECT pid FROM holder").get()?.["pid"] as number | undefined;
  } catch {
    return undefined;
  }
}
