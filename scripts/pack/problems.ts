import { globSync, readFileSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { homedir } from "node:os";
import { dirname, join, matchesGlob } from "node:path";
import { isForTests, readManifest, root, type Manifest } from "./packages.ts";

/** All that is wrong with a staged package, as far as its files alone tell. */
export function problemsOf(folder: string): string[] {
  const manifest = readManifest(folder);
  const files = globSync("**", { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
  return [
    ...missingFiles(folder, manifest),
    ...files.filter(isStranger).map((path) => `${path} is of use to the repository alone`),
    ...files.flatMap((path) => wrongText(path, readFileSync(join(folder, path), "utf8"))),
    ...files.flatMap((path) => unmarkedEffects(folder, { manifest, path })),
    ...dependencyProblems(folder, { manifest, files }),
  ].map((problem) => `${manifest.name}: ${problem}`);
}

/** Paths that the manifest names, and what every package has to hold. */
function missingFiles(folder: string, { bin, exports }: Manifest): string[] {
  const named = [
    ...Object.values(bin ?? {}),
    ...Object.values(exports ?? {}).flatMap((entry) =>
      typeof entry === "string" ? entry : Object.values(entry as Record<string, string>),
    ),
  ];
  return ["LICENSE", "README.md", ...named]
    .filter((path) => statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() !== true)
    .map((path) => `there is no ${path}`);
}

function isStranger(path: string): boolean {
  const source = path.replace(/\.d\.ts$|\.js$/, ".ts");
  return isForTests(source) || (path.endsWith(".ts") && !path.endsWith(".d.ts"));
}

function wrongText(path: string, text: string): string[] {
  const problems = [root, homedir()]
    .filter((place) => place.length > 1 && text.includes(`${place}/`))
    .map((place) => `${path} holds a path of this machine, ${place}`);
  if (!/\.[jt]s$/.test(path)) return problems;
  for (const [specifier] of withoutComments(text).matchAll(/"\.{1,2}\/[^"\s]*\.ts"/g))
    problems.push(`${path} names a source, ${specifier}`);
  return problems;
}

/** Files that are imported for what they do alone, which bundlers drop unless `sideEffects` names them. */
function unmarkedEffects(
  folder: string,
  { manifest, path }: { readonly manifest: Manifest; readonly path: string },
): string[] {
  if (!path.endsWith(".js")) return [];
  const marked = typeof manifest.sideEffects === "object" ? manifest.sideEffects : [];
  return [...readFileSync(join(folder, path), "utf8").matchAll(/^import "(\.[^"]+)";/gm)]
    .map(([, target]) => `./${join(dirname(path), target!)}`)
    .filter((target) => !marked.some((pattern) => matchesGlob(target, pattern)))
    .map((target) => `${path} imports ${target} for its effect, which sideEffects does not name`);
}

function withoutComments(code: string): string {
  return code.replaceAll(/^\s*\/?\*.*$|^\s*\/\/.*$/gm, "");
}

/** What JavaScript or declarations import, by the name of its package. */
export function importedPackages(text: string): string[] {
  const imports = /(?:\bfrom |\bimport |\bimport\(|\bimport\.meta\.resolve\()"([@a-z][\w@/.-]*)"/g;
  return [...withoutComments(text).matchAll(imports)]
    .map(([, specifier]) => specifier!)
    .filter((name) => !name.startsWith("node:") && !builtinModules.includes(name))
    .map((name) =>
      name
        .split("/")
        .slice(0, name.startsWith("@") ? 2 : 1)
        .join("/"),
    );
}

/** Dependencies that are imported and not declared, declared and not imported, or not of one version. */
function dependencyProblems(
  folder: string,
  { manifest, files }: { readonly manifest: Manifest; readonly files: readonly string[] },
): string[] {
  const declared = { ...manifest.peerDependencies, ...manifest.dependencies };
  const imported = new Map<string, string>();
  let code = "";
  for (const path of files.filter((file) => /\.[jt]s$/.test(file))) {
    const text = readFileSync(join(folder, path), "utf8");
    code += text;
    for (const name of importedPackages(text)) if (!imported.has(name)) imported.set(name, path);
  }
  return [
    ...[...imported]
      .filter(([name]) => declared[name] === undefined && name !== manifest.name)
      .map(([name, path]) => `${path} imports ${name}, which package.json does not declare`),
    // Optional packages are imported by a name that is looked up.
    ...Object.keys(declared)
      .filter((name) => !imported.has(name) && !code.includes(`"${name}`))
      .map((name) => `package.json declares ${name}, which nothing imports`),
    ...Object.entries(manifest.dependencies ?? {})
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${name} is not pinned to a version but ${version}`),
  ];
}
