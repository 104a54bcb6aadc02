import { existsSync, globSync } from "node:fs";
import { join, parse, sep } from "node:path";

const MAGIC = /[*?[{]/;

/**
 * The files that an absolute path or pattern means, sorted by name in code-unit order, so that the order of
 * rows does not depend on the machine. A path that exists is that one file, whatever characters it has;
 * folders on the way to a pattern likewise. Undefined where the path is no pattern.
 */
export function filesOf(path: string): readonly string[] | undefined {
  if (existsSync(path) || !MAGIC.test(path)) return undefined;
  const { root } = parse(path);
  const parts = path.slice(root.length).split(sep);
  let folder = root;
  while (parts.length > 1 && existsSync(join(folder, parts[0]!)))
    folder = join(folder, parts.shift()!);
  return globSync(parts.join("/"), { cwd: folder, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
