import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { takeProcessLock } from "../sqlite/index.ts";
import { readIfThere } from "./files.ts";

/** Stays where it is once the work is done: a lock that is removed could be held twice. */
const LOCK = ".lock";

/** Makes the folder of new work; one that already holds files is refused, never overwritten. RUN_FOLDER_EXISTS. */
export async function makeFolder(path: string, wayOut: string): Promise<void> {
  const entries = (await readIfThere(readdir(path)))?.filter((name) => name !== LOCK) ?? [];
  if (entries.length > 0)
    throw new AtollError(
      "RUN_FOLDER_EXISTS",
      `${path} already holds ${entries.length} entries; name another folder with --out, ${wayOut}`,
    );
  await mkdir(path, { recursive: true });
}

export interface FolderWork<Folder, T> {
  readonly open: () => Promise<Folder>;
  readonly work: (folder: Folder) => Promise<T>;
}

/**
 * Opens a folder and works in it while no other process does. It is opened before it is locked, since what is no such
 * folder gets no lock, and again after, since another process may have changed it in between. RUN_FOLDER_LOCKED.
 */
export async function inOwnFolder<Folder, T>(
  path: string,
  { open, work }: FolderWork<Folder, T>,
): Promise<T> {
  await open();
  const lock = takeProcessLock(
    join(path, LOCK),
    (processId) =>
      new AtollError(
        "RUN_FOLDER_LOCKED",
        `process ${processId ?? "unknown"} works in ${path}; wait until it has ended, stop it, or name another folder`,
      ),
  );
  try {
    return await work(await open());
  } finally {
    lock.release();
  }
}
