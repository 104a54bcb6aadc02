import type { Manifest } from "./packages.ts";

/** The oldest Node that has all that the packages use. bin/atoll.js tells users the same. */
export const OLDEST_NODE = "22.18";

/** Where a path of the sources lies in the package: `./src/a.ts` at `./dist/a.js`, `src` at `dist`. */
export function publishedPath(path: string): string {
  return path.replace(/^(\.\/)?src(?=\/|$)/, "$1dist").replace(/\.ts$/, ".js");
}

/** The package.json that users get: paths of what was compiled, and every entry point by its name. */
export function publishedManifest(source: Manifest, entries: readonly string[]): Manifest {
  const { private: _, exports: __, files, sideEffects, dependencies, ...kept } = source;
  return {
    ...kept,
    engines: { node: `>=${OLDEST_NODE}` },
    files: (files ?? []).map(publishedPath),
    sideEffects:
      typeof sideEffects === "object" ? sideEffects.map(publishedPath) : (sideEffects ?? false),
    exports: {
      ...Object.fromEntries(
        entries.map((entry) => [
          `./${entry}`,
          { types: `./dist/${entry}/index.d.ts`, default: `./dist/${entry}/index.js` },
        ]),
      ),
      "./package.json": "./package.json",
    },
    ...(dependencies && { dependencies }),
  };
}
