import { AtollError } from "@atoll/core/errors";
import { DatabaseSync } from "@atoll/node/sqlite";

/**
 * Makes sure that one process works with a record. The lock is the operating system's, on a small database beside the
 * record: it ends with its process, however that ends, and says whose it is. RECORD_LOCKED.
 */
export function takeSqliteLock(file: string): { readonly release: () => void } {
  const database = new DatabaseSync(`${file}.lock`, { timeout: 300 });
  try {
    // Who held it before is written first, then held on to: whoever comes in between has it, and has written so too.
    database.exec("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS holder (pid INTEGER);");
    database.exec("DELETE FROM holder");
    database.prepare("INSERT INTO holder (pid) VALUES (?)").run(process.pid);
    database.exec("COMMIT; BEGIN IMMEDIATE;");
  } catch (error) {
    const pid = holderOf(database);
    database.close();
    if ((error as { readonly errcode?: number }).errcode !== BUSY) throw error;
    throw new AtollError(
      "RECORD_LOCKED",
      `${file} is in use by process ${pid ?? "unknown"}; stop that server, or give this one another folder`,
    );
  }
  return { release: () => database.close() };
}

const BUSY = 5;

function holderOf(database: DatabaseSync): number | undefined {
  try {
    return database.prepare("SELECT pid FROM holder").get()?.["pid"] as number | undefined;
  } catch {
    return undefined;
  }
}
