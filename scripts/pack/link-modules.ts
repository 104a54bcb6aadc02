import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { PACKAGES, root } from "./packages.ts";

/**
 * Makes `out`/node_modules, so that staged packages find each other, and all else in the repository's own: what an
 * installation would give them, without a network.
 */
export async function linkModules(out: string): Promise<void> {
  const modules = join(out, "node_modules");
  await mkdir(join(modules, "@atoll"), { recursive: true });
  const installed = await readdir(join(root, "node_modules"));
  await Promise.all([
    ...PACKAGES.map((name) => symlink(join(out, name), join(modules, "@atoll", name))),
    ...installed
      .filter((name) => name !== "@atoll" && !name.startsWith("."))
      .map((name) => symlink(join(root, "node_modules", name), join(modules, name))),
  ]);
}
