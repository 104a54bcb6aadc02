import { mkdir, open, rename, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

/** Bytes moved at once: what one system call takes, and what a reader holds twice. */
const CHUNK_BYTES = 64 * 2 ** 20;

/**
 * Writes a file so that a crash leaves the old content or the new, never half of it: a neighbour is
 * written and flushed to disk, then renamed over the target. Pieces are written one after another, as
 * they lie.
 */
export async function writeAtomically(
  path: string,
  content: string | readonly Uint8Array[],
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  const file = await open(temporary, "w");
  try {
    if (typeof content === "string") await file.writeFile(content);
    else for (const piece of content) await writeWhole(file, piece);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

async function writeWhole(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length;) {
    const { bytesWritten } = await file.write(piece.subarray(at, at + CHUNK_BYTES));
    at += bytesWritten;
  }
}

/** A whole file, of any size that fits into memory: `readFile` ends at two GiB. */
export async function readWhole(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(CHUNK_BYTES, size - at));
      if (bytesRead === 0) throw new Error(`${path} got shorter while it was read`);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** A file name for any client or method name: percent-encoded, and never `.` or `..`. */
export function fileNameOf(name: string): string {
  return encodeURIComponent(name).replaceAll("*", "%2A").replace(/^\./, "%2E");
}

export async function readIfThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
