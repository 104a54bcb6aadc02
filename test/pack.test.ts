import { execFile } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportedNames, namespaceOf, reportedNames } from "../scripts/pack/exported-names.ts";
import { lint } from "../scripts/pack/lint.ts";
import { linkModules } from "../scripts/pack/link-modules.ts";
import { publishedManifest } from "../scripts/pack/manifest.ts";
import {
  LIBRARIES,
  PACKAGES,
  publishedEntriesOf,
  readManifest,
  root,
} from "../scripts/pack/packages.ts";
import { importedPackages, problemsOf } from "../scripts/pack/problems.ts";
import { stagePackages } from "../scripts/pack/stage.ts";

/*
 * The packages as their users get them, up to the registry: `npm run pack:check` goes on from there.
 */
const staged = mkdtempSync(join(tmpdir(), "atoll-staged-"));
const read = (...path: string[]) => readFileSync(join(staged, ...path), "utf8");

beforeAll(async () => {
  await stagePackages(staged, { check: false });
  await linkModules(staged);
});
afterAll(() => rmSync(staged, { recursive: true, force: true }));

describe.each(PACKAGES)("@atoll/%s", (name) => {
  test("is whole: its files are there, no others, its dependencies are what it imports", () =>
    expect(problemsOf(join(staged, name))).toEqual([]));

  test("publint has nothing to say", async () =>
    expect(await lint(join(staged, name))).toEqual([]));
});

test("every entry point is JavaScript that Node imports, and nothing else is reachable", async () => {
  const entries = PACKAGES.flatMap((name) => {
    const manifest = readManifest(join(staged, name));
    return publishedEntriesOf(manifest).map((entry) => `${manifest.name}/${entry}`);
  });
  expect(entries).toEqual(
    expect.arrayContaining(["@atoll/core/methods", "@atoll/node/runs", "@atoll/network/hosting"]),
  );
  const script = `
    for (const entry of ${JSON.stringify(entries)})
      if (Object.keys(await import(entry)).length === 0) console.log("types alone: " + entry);
    await import("@atoll/core/dist/errors/index.js").catch((error) => console.log(error.code));
  `;
  writeFileSync(join(staged, "entries.mjs"), script);
  const { stdout } = await promisify(execFile)(process.execPath, [join(staged, "entries.mjs")]);
  expect(
    stdout
      .trim()
      .split("\n")
      .filter((line) => !line.startsWith("types alone")),
  ).toEqual(["ERR_PACKAGE_PATH_NOT_EXPORTED"]);
});

test("the command starts from the staged files", async () => {
  const command = [join(staged, "cli/bin/atoll.js"), "--help"];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  expect(stdout).toContain("atoll run");
});

test("@atoll/core imports nothing of Node, so that browsers can", () => {
  const code = globSync("core/dist/**/*.js", { cwd: staged }).map((path) => read(path));
  expect(code.length).toBeGreaterThan(500);
  expect(code.filter((text) => /(from|import) ?\(?"node:|\brequire\(/.test(text))).toEqual([]);
});

describe("the reports of etc list what each entry point exports; `npm run api` renews them", () => {
  test.each(LIBRARIES)("%s", (name) => {
    const reported = reportedNames(readFileSync(join(root, "etc", `${name}.api.md`), "utf8"));
    const exported = new Map(
      publishedEntriesOf(readManifest(join(staged, name))).map((entry) => [
        namespaceOf(entry),
        exportedNames(read(name, "dist", entry, "index.d.ts")),
      ]),
    );
    expect(Object.fromEntries(reported)).toEqual(Object.fromEntries(exported));
  });
});

describe("what is wrong with a package is found", () => {
  const manifest = {
    name: "broken",
    exports: { "./a": { types: "./dist/a/index.d.ts", default: "./dist/a/index.js" } },
    dependencies: { zod: "^4.0.0" },
  };
  const problemsWith = (files: Readonly<Record<string, string>>) => {
    const folder = mkdtempSync(join(tmpdir(), "atoll-broken-"));
    try {
      const all = { "package.json": JSON.stringify(manifest), "README.md": "", ...files };
      for (const [path, text] of Object.entries(all)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      return problemsOf(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test("files that are missing, and files of the repository", () =>
    expect(
      problemsWith({
        "dist/a/index.js": 'import { z } from "zod";',
        "dist/a/thing.test.js": "",
        "dist/a/thing.ts": "",
      }),
    ).toEqual([
      "broken: there is no LICENSE",
      "broken: there is no ./dist/a/index.d.ts",
      "broken: dist/a/thing.test.js is of use to the repository alone",
      "broken: dist/a/thing.ts is of use to the repository alone",
      "broken: zod is not pinned to a version but ^4.0.0",
    ]));

  test("imports and paths that would not work elsewhere", () =>
    expect(
      problemsWith({
        LICENSE: "",
        "dist/a/index.d.ts": "",
        "dist/a/index.js": [
          'import { z } from "left-pad/deep";',
          'new Worker(new URL("./thread.ts", import.meta.url));',
          `const place = "${root}/packages";`,
          '// import "of-a-comment";',
          'import "./effect.js";',
        ].join("\n"),
      }),
    ).toEqual([
      `broken: dist/a/index.js holds a path of this machine, ${root}`,
      'broken: dist/a/index.js names a source, "./thread.ts"',
      "broken: dist/a/index.js imports ./dist/a/effect.js for its effect, which sideEffects does not name",
      "broken: dist/a/index.js imports left-pad, which package.json does not declare",
      "broken: package.json declares zod, which nothing imports",
      "broken: zod is not pinned to a version but ^4.0.0",
    ]));
});

test("packages are found in every kind of import", () => {
  const code = `import "a"; import b from "@b/b/c"; export { d } from "d/e";
    await import("f"); import.meta.resolve("g/h"); import "node:fs"; import "./own.js"; Buffer.from("i");`;
  expect(importedPackages(code)).toEqual(["a", "@b/b", "d", "f", "g"]);
});

test("a manifest is rewritten to what was compiled, and may be published", () => {
  const published = publishedManifest(
    {
      name: "@atoll/x",
      version: "1.2.3",
      private: true,
      files: ["src", "prompts"],
      sideEffects: ["./src/a/worker.ts"],
      exports: { "./*": "./src/*/index.ts" },
    },
    ["a", "a/b"],
  );
  expect(published).toEqual({
    name: "@atoll/x",
    version: "1.2.3",
    engines: { node: ">=22.18" },
    files: ["dist", "prompts"],
    sideEffects: ["./dist/a/worker.js"],
    exports: {
      "./a": { types: "./dist/a/index.d.ts", default: "./dist/a/index.js" },
      "./a/b": { types: "./dist/a/b/index.d.ts", default: "./dist/a/b/index.js" },
      "./package.json": "./package.json",
    },
  });
});
