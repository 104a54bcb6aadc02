import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, test } from "vitest";

/*
 * Imports point down: a folder may import from the folders above it in its list only, and a package from
 * the packages before it. docs/architecture.md shows the same order.
 */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: [
    "errors",
    "registry",
    "random",
    "kernels",
    "privacy",
    "data",
    "population",
    "request",
    "augmentation",
    "tensor",
    "optim",
    "embedding",
    "nn",
    "metrics",
    "stats",
    "models",
    "training",
    "federation",
    "methods",
    "serving",
    "extensions",
  ],
  node: [
    "threads",
    "cryptography",
    "sqlite",
    "ledger",
    "language-models",
    "executor",
    "sources",
    "tables",
    "extensions",
    "experiment",
    "results",
    "augmentation",
    "runs",
    "workers",
    "audit",
    "tune",
    "comparisons",
    "datasets",
    "serving",
    "learning",
  ],
  network: [
    "tracing",
    "blobs",
    "identity",
    "protocol",
    "record",
    "carriers",
    "policy",
    "coordinator",
    "silo",
    "operations",
    "hosting",
  ],
  cli: ["report", "terminal", "commands"],
};
const PACKAGES = Object.keys(LAYERS);

/** Seams where two folders of packages/node know each other: none of them is above the other. */
const PEERS: readonly (readonly [string, string])[] = [
  ["runs", "workers"],
  ["workers", "runs"],
];

const root = resolve(import.meta.dirname, "..");

interface Import {
  readonly from: string;
  readonly target: string;
}

function importsOf(path: string): Import[] {
  const source = readFileSync(path, "utf8");
  return [...source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, target]) => ({
    from: path,
    target: target!,
  }));
}

const sources = globSync("packages/*/src/**/*.ts", { cwd: root }).map((path) => join(root, path));

/** `core/data` for a path or an `@atoll/...` specifier; undefined for third parties and index files. */
function placeOf({
  from,
  target,
}: Import): { package: string; folder: string | undefined } | undefined {
  const named = /^@atoll\/(\w+)(?:\/([\w-]+))?$/.exec(target);
  if (named) return { package: named[1]!, folder: named[2] };
  if (!target.startsWith(".")) return undefined;
  return placeOfPath(resolve(dirname(from), target));
}

function placeOfPath(path: string) {
  const parts = relative(join(root, "packages"), path).split(sep);
  return { package: parts[0]!, folder: parts.length > 3 ? parts[2] : undefined };
}

describe("imports point down", () => {
  test("the sources are found", () => expect(sources.length).toBeGreaterThan(100));

  test("no package imports one that is above it", () => {
    const wrong = sources.flatMap((path) => {
      const own = PACKAGES.indexOf(placeOfPath(path).package);
      return importsOf(path)
        .filter((entry) => PACKAGES.indexOf(placeOf(entry)?.package ?? "core") > own)
        .map(({ target }) => `${relative(root, path)} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test.each(PACKAGES)("every folder of packages/%s has its place in the order", (name) => {
    const folders = new Set(
      sources
        .map(placeOfPath)
        .filter((place) => place.package === name && place.folder)
        .map((place) => place.folder!),
    );
    expect([...folders].toSorted()).toEqual([...LAYERS[name]!].toSorted());
  });

  test.each(PACKAGES)("folders of packages/%s import only from those above them", (name) => {
    const order = LAYERS[name]!;
    const wrong = sources
      .filter((path) => placeOfPath(path).package === name && placeOfPath(path).folder)
      .flatMap((path) => {
        const own = placeOfPath(path).folder!;
        return importsOf(path).flatMap((entry) => {
          const place = placeOf(entry);
          if (place?.package !== name || place.folder === undefined || place.folder === own)
            return [];
          if (order.indexOf(place.folder) < order.indexOf(own)) return [];
          if (PEERS.some(([a, b]) => a === own && b === place.folder)) return [];
          return [`${relative(root, path)} imports ${entry.target}`];
        });
      });
    expect(wrong).toEqual([]);
  });

  test("packages/core is pure: no Node modules, no clock, no ambient randomness, no process", () => {
    const wrong = sources
      .filter(
        (path) => placeOfPath(path).package === "core" && !/\.(test|laws|fixture)\.ts$/.test(path),
      )
      .filter((path) => {
        const code = readFileSync(path, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
        return /from "node:|Math\.random\(|Date\.now\(|new Date\(|performance\.|process\.|\bfetch\(/.test(
          code,
        );
      })
      .map((path) => relative(root, path));
    expect(wrong).toEqual([]);
  });
});
