import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

/**
 * What changes when a file's content does: size, times of change in nanoseconds, and inode. Unlike the time
 * of modification, the time of change cannot be set back.
 */
export async function stampOf(path: string): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true });
  return [size, mtimeNs, ctimeNs, ino].join("-");
}

/** File systems may keep times this coarse: a file that young could change again and keep its stamp. */
const COARSE_MS = 50;

async function isSettled(path: string): Promise<boolean> {
  const { ctimeMs } = await stat(path);
  return Date.now() - ctimeMs > COARSE_MS;
}

/** What a file holds, and whether its bytes were read to know it. */
export interface Fingerprint {
  readonly sha256: string;
  readonly bytes: number;
  readonly remembered: boolean;
}

/** SHA-256 of a file's content, remembered in a folder as long as the file's stamp stays the same. */
export async function fingerprintOf(
  path: string,
  memory: string,
  signal?: AbortSignal,
): Promise<Fingerprint> {
  const stamp = await stampOf(path);
  const bytes = Number(stamp.split("-")[0]);
  const note = join(memory, `${createHash("sha256").update(path).digest("hex")}.json`);
  const known = await readJson<{ stamp: string; sha256: string }>(note);
  if (known?.stamp === stamp && typeof known.sha256 === "string")
    return { sha256: known.sha256, bytes, remembered: true };
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash, {
    ...(signal && { signal }),
  });
  const sha256 = hash.digest("hex");
  if ((await stampOf(path)) === stamp && (await isSettled(path)))
    await writeWhole(note, JSON.stringify({ path, stamp, sha256 }));
  return { sha256, bytes, remembered: false };
}

/** The content of a JSON file; undefined where there is none, or what is there is no JSON. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch {
    return undefined;
  }
}

/** Writes a small file in one step, so that who reads it meanwhile finds the old or the new. */
export async function writeWhole(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, content);
  await rename(temporary, path);
}
