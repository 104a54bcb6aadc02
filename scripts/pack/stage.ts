import { globSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compileSources } from "./compile.ts";
import { publishedManifest } from "./manifest.ts";
import { entriesOf, isForTests, PACKAGES, readManifest, root } from "./packages.ts";
import type { PackageName } from "./packages.ts";

/** Writes each package as its users get it to `out`/<package>, in place of what was there. */
export async function stagePackages(out: string, options: { readonly check: boolean }) {
  const compiled = await mkdtemp(join(tmpdir(), "atoll-pack-"));
  try {
    await compileSources(compiled, options);
    for (const name of PACKAGES) await stage(name, { compiled, folder: join(out, name) });
  } finally {
    await rm(compiled, { recursive: true });
  }
}

async function stage(
  name: PackageName,
  { compiled, folder }: { readonly compiled: string; readonly folder: string },
): Promise<void> {
  const source = join(root, "packages", name);
  const sources = join(compiled, name, "src");
  const manifest = readManifest(source);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "package.json"),
    `${JSON.stringify(publishedManifest(manifest, entriesOf(manifest, sources)), undefined, 2)}\n`,
  );
  await cp(join(root, "LICENSE"), join(folder, "LICENSE"));
  await cp(join(source, "README.md"), join(folder, "README.md"));
  for (const part of manifest.files ?? []) {
    if (part === "src") await stageSources(source, { compiled: sources, folder });
    else await stageFiles(part, { source, folder });
  }
}

/** dist: what was compiled, and what lies among the sources without being one. */
async function stageSources(
  source: string,
  { compiled, folder }: { readonly compiled: string; readonly folder: string },
) {
  for (const path of globSync("**/*.{js,ts}", { cwd: compiled })) {
    const text = await readFile(join(compiled, path), "utf8");
    await write(
      join(folder, "dist", path),
      path.endsWith(".d.ts") ? importsJs(text) : namesJs(text),
    );
  }
  for (const path of filesIn(join(source, "src"))) {
    if (path.endsWith(".ts") || isForTests(path)) continue;
    await mkdir(dirname(join(folder, "dist", path)), { recursive: true });
    await cp(join(source, "src", path), join(folder, "dist", path));
  }
}

/** A folder beside the sources, as it is; its JavaScript may import a source. */
async function stageFiles(
  part: string,
  { source, folder }: { readonly source: string; readonly folder: string },
) {
  for (const path of filesIn(join(source, part))) {
    const from = join(source, part, path);
    const to = join(folder, part, path);
    if (!path.endsWith(".js")) {
      await mkdir(dirname(to), { recursive: true });
      await cp(from, to);
      continue;
    }
    const text = await readFile(from, "utf8");
    await write(to, text.replaceAll(/"\.\.\/src\/([^"]+)\.ts"/g, '"../dist/$1.js"'));
    await chmod(to, 0o755);
  }
}

function filesIn(folder: string): string[] {
  return globSync("**", { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** The compiler leaves imports of declarations as they were written. */
function importsJs(declarations: string): string {
  return declarations.replaceAll(/((?:from |import |import\()"\.{1,2}\/[^"]+)\.ts"/g, '$1.js"');
}

/** The compiler rewrites imports, not the URLs of worker threads. */
function namesJs(code: string): string {
  return code.replaceAll(/(new URL\("\.{1,2}\/[^"]+)\.ts"(?=, import\.meta\.url\))/g, '$1.js"');
}
