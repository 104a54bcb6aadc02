import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { isFile } from "./resolve-module.ts";

/** What `import "./x.ts"`, `from "./x.ts"` and `import("./x.ts")` name. */
const RELATIVE_IMPORT = /\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

/**
 * SHA-256 of a file and of all that it imports by relative paths, by their paths from its folder. Packages are left
 * out: they have versions.
 */
export async function readCode(path: string): Promise<Record<string, string>> {
  const folder = dirname(path);
  const hashes = new Map<string, string>();
  const waiting = [path];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const name = relative(folder, file).replaceAll("\\", "/");
    // What only looks like an import, in a comment or a text, names no file.
    if (hashes.has(name) || !isFile(file)) continue;
    const bytes = await readFile(file);
    hashes.set(name, createHash("sha256").update(bytes).digest("hex"));
    for (const [, target] of bytes.toString("utf8").matchAll(RELATIVE_IMPORT))
      waiting.push(resolve(dirname(file), target!));
  }
  return Object.fromEntries([...hashes].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
