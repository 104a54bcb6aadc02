import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { PACKAGES, root } from "./packages.ts";
import { stagePackages } from "./stage.ts";

/*
 * npm run pack: writes build/<package>, as users get it, and build/atoll-<package>-<version>.tgz.
 */
export const build = join(root, "build");

/** Stages and packs all packages; the paths of the archives, in the order of the packages. */
export async function packAll(): Promise<string[]> {
  await mkdir(build, { recursive: true });
  await stagePackages(build, { check: true });
  const folders = PACKAGES.map((name) => join(build, name));
  const { stdout } = await promisify(execFile)("npm", ["pack", "--json", ...folders], {
    cwd: build,
  });
  const packed = JSON.parse(stdout) as readonly { readonly filename: string }[];
  return packed.map(({ filename }) => join(build, filename));
}

if (import.meta.main) for (const path of await packAll()) console.log(path);
