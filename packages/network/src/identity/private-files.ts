import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { AtollError } from "@atoll/core/errors";

/** Makes a folder that its owner alone may enter, or makes it such a one. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}

/** Writes a file that its owner alone may read. A kill at any instant leaves the old content or the new one. */
export function writePrivateFile(path: string, content: string): void {
  // A file that a kill left here is written anew: whoever writes an identity does so alone.
  const temporary = join(dirname(path), `.${basename(path)}.new`);
  rmSync(temporary, { force: true });
  const file = openSync(temporary, "wx", 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

export function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** The text of a file that is part of an identity; undefined where it is absent. */
export function readIdentityFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The text of a file with a secret; IDENTITY_PERMISSIONS where anybody but its owner may read or write it. */
export function readPrivateFile(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  // Windows has no such modes.
  if (process.platform !== "win32" && (stats.mode & 0o077) !== 0)
    throw new AtollError(
      "IDENTITY_PERMISSIONS",
      `${path} holds a private key and has mode ${(stats.mode & 0o777).toString(8).padStart(4, "0")}: others may have read it; type "chmod 600 ${path}", and renew the key if others use this machine`,
    );
  return readIdentityFile(path);
}
