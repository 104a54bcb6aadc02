import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AtollErrors } from "@atoll/core/errors";
import { parseMetric } from "@atoll/core/metrics";
import { findLoaded, loadCode, loadExtensions, loadUnchanged, recordsOf } from "./index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-extensions-"));
  await mkdir(join(folder, "node_modules"));
  const installed = resolve(import.meta.dirname, "../../../../node_modules/@atoll");
  await symlink(installed, join(folder, "node_modules/@atoll"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** A module with a metric that always has one value. */
const metricModule = (name: string, { value = "1", more = "" } = {}) => `
import { extension } from "@atoll/core/extensions";
${more}
export const mine = extension({ metrics: { "${name}": {
  label: "Mine", summary: "Always one value.", higherIsBetter: true, needs: "labels", probabilities: false,
  cutoff: false,
  measure: ({ numUsers }) => ({
    kind: "value", value: ${value}, influence: new Float64Array(numUsers), present: new Uint8Array(numUsers),
  }),
} } });
`;

/** The codes and messages of what is refused, without where the folder lies. */
async function refused(work: Promise<unknown>): Promise<string[]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AtollErrors)
      return error.errors.map(({ code, message }) =>
        `${code} ${message}`.replaceAll(folder, "DIR"),
      );
    throw error;
  }
  return [];
}

test("a module is loaded from its file or its package, with the hashes of all that it imports by path", async () => {
  await write(
    "own/one.ts",
    metricModule("one", { value: "ONE", more: 'import { ONE } from "../shared.ts";' }),
  );
  await write("shared.ts", 'export const ONE = 1; // not ./from "./here.ts"\n');
  await write(
    "packages/two/package.json",
    '{ "name": "two", "type": "module", "exports": "./two.js" }',
  );
  await write("packages/two/two.js", metricModule("two"));
  // As workspaces and npm link lay packages out.
  await symlink(join(folder, "packages/two"), join(folder, "node_modules/two"));
  expect(findLoaded("./own/one.ts", folder)).toBeUndefined();
  const loaded = await loadExtensions(["./own/one.ts", "two"], folder);
  expect(recordsOf(loaded).map(({ module, files }) => [module, Object.keys(files)])).toEqual([
    ["./own/one.ts", ["../shared.ts", "one.ts"]],
    ["two", ["two.js"]],
  ]);
  // sha256sum of the file.
  expect(loaded[0]!.files["../shared.ts"]).toBe(
    "c4946bb98936dbe0dd6403618c2de5c97841d0af49d855497766f2a044475af7",
  );
  expect([parseMetric("one").label, parseMetric("two").base]).toEqual(["Mine", "two"]);
  expect(findLoaded("../own/one.ts", join(folder, "x"))?.extensions).toEqual(loaded[0]!.extensions);
});

test("again, from another folder or by other words, it is the same module", async () => {
  await write("again.ts", metricModule("again"));
  const [first] = await loadExtensions(["./again.ts", "./again.ts"], folder);
  const [second] = await loadExtensions([join(folder, "again.ts")], tmpdir());
  expect(second!.extensions).toEqual(first!.extensions);
});

test("everything that is wrong with modules is said at once, with the way out", async () => {
  await write("none.ts", "export const mine = 1;");
  await write("throws.ts", 'throw new TypeError("boom");');
  await write("syntax.ts", "export const = 3;");
  await write("lacks.ts", 'import "nothing-of-this-name";');
  await write("bad.ts", 'import { extension } from "@atoll/core/extensions"; extension({});');
  await write("taken.ts", metricModule("auc"));
  await write("copy.ts", 'export const mine = { spec: "atoll/extension/v1" };');
  const names = [
    "./absent.ts",
    "none.ts",
    "nobody",
    "./none.ts",
    "./throws.ts",
    "./bad.ts",
    "./taken.ts",
    "./copy.ts",
  ];
  expect(await refused(loadExtensions(names, folder))).toEqual([
    "EXTENSION_MISSING extension ./absent.ts: there is no file DIR/absent.ts; a path is relative to the experiment file",
    "EXTENSION_MISSING extension none.ts: is looked up as a package, and there is none; for the file beside the experiment write ./none.ts",
    "EXTENSION_MISSING extension nobody: there is no package of this name in DIR or above; install it there, or give a path that begins with ./",
    "EXTENSION_INVALID extension ./none.ts: exports no extension, but mine; export const mine = extension({ methods: { ... } }), from @atoll/core/extensions",
    "EXTENSION_INVALID extension ./throws.ts: cannot be loaded: TypeError: boom; mend DIR/throws.ts",
    "EXTENSION_INVALID extension ./bad.ts: an extension adds nothing; give it methods, models or metrics by name",
    'EXTENSION_NAME_TAKEN ./taken.ts adds the metric "auc", a name that the library has taken; give it another name',
    "EXTENSION_INVALID extension ./copy.ts: was made by another copy of @atoll/core than the one that runs; install one version, where both DIR/copy.ts and the atoll command find it",
  ]);
  for (const name of ["./syntax.ts", "./lacks.ts"])
    expect((await refused(loadExtensions([name], folder)))[0]).toMatch(
      /^EXTENSION_INVALID extension \.\/\w+\.ts: cannot be loaded: /,
    );
});

test("code that has changed, its own or what it imports, is refused with the files' names", async () => {
  await write("changing.ts", metricModule("changing", { more: 'import "./part.ts";' }));
  await write("part.ts", "export {};");
  const code = await loadExtensions(["./changing.ts"], folder);
  const before = recordsOf(code);
  expect(await refused(loadUnchanged(before, folder, "the run began"))).toEqual([]);
  expect(await refused(loadCode(code))).toEqual([]);
  await write("part.ts", "export {}; // other");
  const refusal = (since: string) =>
    `EXTENSION_CHANGED extension ./changing.ts: part.ts is not as when ${since}, and numbers of two codes are not of one experiment; put it back, or begin a new run`;
  // A module is loaded once: what this process computes with is the old code.
  expect(await refused(loadUnchanged(before, folder, "the run began"))).toEqual([
    refusal("this process loaded it"),
  ]);
  // Another thread would load the new one.
  expect(await refused(loadCode(code))).toEqual([refusal("this process began")]);
  const [{ module, files } = { module: "", files: {} }] = before;
  const older = [{ module, files: { ...files, "gone.ts": "0" } }];
  await write("part.ts", "export {};");
  expect((await refused(loadUnchanged(older, folder, "the run in r began")))[0]).toContain(
    "gone.ts is not as when the run in r began",
  );
});
