import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { AtollError } from "@atoll/core/errors";

const SECRET_BYTES = 32;

/**
 * The secret in a file that its owner alone may read, made where there is none. It is on disk as a whole
 * before it is used for the first time, and whoever comes second, after a crash or beside the first, gets
 * the same one: noise that was drawn can be drawn again, and never anew for the same release.
 */
export function keptSecret(path: string, randomBytes: (count: number) => Uint8Array): Uint8Array {
  const before = readSecret(path);
  if (before !== undefined) return before;
  mkdirSync(dirname(path), { recursive: true });
  const fresh = randomBytes(SECRET_BYTES);
  const mark = Buffer.from(randomBytes(8)).toString("hex");
  const temporary = `${path}.${mark}.tmp`;
  const file = openSync(temporary, "wx", 0o600);
  try {
    writeSync(file, fresh);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(temporary, path);
    syncFolder(dirname(path));
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return readSecret(path)!;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function readSecret(path: string): Uint8Array | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  if (bytes.length !== SECRET_BYTES)
    throw new AtollError(
      "PRIVACY_SECRET",
      `${path} holds ${bytes.length} bytes where a secret has ${SECRET_BYTES}; put the file back as it was, or begin a run anew: with another secret, noise that was sent cannot be drawn again`,
    );
  return bytes;
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
