import { mkdir, open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { AtollError } from "@atoll/core/errors";

/** Writes all of `bytes` from `position` on. */
export type WriteAt = (file: FileHandle, bytes: Uint8Array, position: number) => Promise<void>;

export const writeAt: WriteAt = async (file, bytes, position) => {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
};

/** Names that were added to a folder, or taken from it, stay so after a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A folder for its owner alone, with those above it. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made))
    await syncFolder(dirname(made));
}

export const codeOf = (error: unknown): string | undefined =>
  (error as NodeJS.ErrnoException | undefined)?.code;

/** Undefined where there is no such file. */
export async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Says in words when `work` fails as the disk of `directory` is full, or as its user's share of it is. */
export async function namingFullDisk<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isFullDisk(error) ? fullDisk(directory, error) : error;
  }
}

export function isFullDisk(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOSPC" || code === "EDQUOT";
}

export function fullDisk(directory: string, cause: unknown): AtollError {
  return new AtollError(
    "DISK_FULL",
    `${directory} has no space left (${codeOf(cause)}); free some, or move the folder to a larger disk: what was stored before is whole, and the work goes on where it stopped`,
    { cause },
  );
}
