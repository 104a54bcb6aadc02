import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { importPeer } from "./peers.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-peers-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder whose node_modules has node-llama-cpp with this source. */
function peersWith(name: string, source: string): string {
  const root = join(folder, name);
  const module = join(root, "node_modules/node-llama-cpp");
  mkdirSync(module, { recursive: true });
  writeFileSync(
    join(module, "package.json"),
    JSON.stringify({ type: "module", exports: { ".": { import: "./a.js", node: "./a.js" } } }),
  );
  writeFileSync(join(module, "a.js"), source);
  return root;
}

/** What is installed with Atoll itself goes before any folder. */
function isInstalled(): boolean {
  try {
    import.meta.resolve("node-llama-cpp");
    return true;
  } catch {
    return false;
  }
}
beforeEach(({ skip }) => skip(isInstalled(), "node-llama-cpp is installed"));

test("a package is found in a folder beside Atoll, though it has an export for import alone", async () => {
  const root = peersWith("whole", "export const answer = 42;");
  expect(await importPeer("node-llama-cpp", root)).toMatchObject({ answer: 42 });
});

test("a package that is nowhere: what needs it, where it was looked for, how to install it", async () => {
  await expect(importPeer("node-llama-cpp", folder)).rejects.toMatchObject({
    code: "AUGMENTATION_PACKAGE",
    message:
      `augmentation.kind local needs the package node-llama-cpp, which is not installed, and not in the folder of ` +
      `ATOLL_PEERS, "${folder}", either; install it outside of Atoll's lock file with "npm install --prefix ~/atoll-peers ` +
      `--ignore-scripts node-llama-cpp@3.22.1" and set ATOLL_PEERS=~/atoll-peers`,
  });
});

test("a package that does not load says why, and not that it is missing", async () => {
  const root = peersWith("broken", 'throw new Error("no binary for this machine");');
  await expect(importPeer("node-llama-cpp", root)).rejects.toMatchObject({
    code: "AUGMENTATION_PACKAGE",
    message: expect.stringMatching(
      /does not load from file:.*: no binary for this machine; install/,
    ),
  });
});
