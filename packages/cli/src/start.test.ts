import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const atoll = fileURLToPath(new URL("../bin/atoll.js", import.meta.url));
const hook = new URL("./loaded-modules.fixture.ts", import.meta.url).href;

/** What a command line loads from other packages: `@stricli/core`, or `core/errors` of a workspace. */
async function loadedBy(...words: string[]): Promise<string[]> {
  const stderr = await new Promise<string>((resolve) =>
    execFile(process.execPath, ["--import", hook, atoll, ...words], (_error, _out, said) =>
      resolve(said),
    ),
  );
  const [, urls] = /^loaded (.*)$/m.exec(stderr) ?? [];
  const names = (JSON.parse(urls!) as string[]).flatMap((url) => {
    const [, name] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
    const [, own, folder] = /\/packages\/(core|node|network)\/src\/([^/]+)/.exec(url) ?? [];
    return name ?? (own === undefined ? [] : `${own}/${folder}`);
  });
  return [...new Set(names)].toSorted();
}

const light = ["@stricli/core", "core/errors"];

test.each([
  ["help", ["--help"]],
  ["help of a command", ["run", "--help"]],
  ["help of commands that take ports, levels and names", ["server", "run", "--help"]],
  ["an unknown command", ["rum"]],
  ["an error code", ["explain", "REPLAYED"]],
  ["an unknown flag", ["privacy", "epsilon", "--bogus"]],
])("%s loads no mathematics, no network and no native code", async (_what, words) =>
  expect(await loadedBy(...words)).toEqual(light),
);

test("a command loads what it needs, and nothing else that is heavy", async () => {
  const loaded = await loadedBy("data", "inspect", "/nonexistent.csv");
  expect(loaded).toEqual(expect.arrayContaining([...light, "@duckdb/node-api", "node/sources"]));
  expect(loaded.filter((name) => /^network|jax|onnx/.test(name))).toEqual([]);
});

test.skipIf(!existsSync("/proc/self"))(
  `a cache folder that nobody can make costs the cache alone${existsSync("/proc/self") ? "" : " (skipped: no /proc here)"}`,
  async () => {
    const { NODE_COMPILE_CACHE: _, ...env } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, [atoll, "explain", "REPLAYED"], {
      env: { ...env, XDG_CACHE_HOME: "/proc/nowhere" },
      timeout: 30_000,
    });
    expect(stdout).toMatch(/^REPLAYED: a call came a second time\./);
  },
);
