import { join } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { DatabaseSync } from "@atoll/node/sqlite";

const SQLITE_BUSY = 5;

/**
 * Keeps other processes out of a silo's folder until `release`, or until this process ends in whatever way: the lock
 * is the operating system's, which SQLite knows how to ask for.
 */
export function lockFolder(folder: string): { readonly release: () => void } {
  const database = new DatabaseSync(join(folder, "silo.lock"));
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if ((error as { readonly errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new AtollError(
      "SILO_LOCKED",
      `${folder} is in use by another silo process; stop that one first, or give this one a folder of its own`,
    );
  }
  return { release: () => database.close() };
}
