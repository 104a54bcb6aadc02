import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { inOwnFolder, makeFolder } from "./own-folder.ts";

const root = mkdtempSync(join(tmpdir(), "atoll-own-folder-"));
afterAll(() => rmSync(root, { recursive: true }));

/** What it opens is how often it was opened. */
function counted(path: string) {
  let opened = 0;
  const open = async () => {
    await makeFolder(path, "or go on");
    return ++opened;
  };
  return { open, opened: () => opened };
}

test("a folder that another process works in is refused by that process's number; one that was killed leaves it free", async () => {
  const path = join(root, "theirs");
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "own-folder.fixture.ts"), path],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(child.stdout, "data");
  const { open } = counted(path);
  await expect(inOwnFolder(path, { open, work: async (value) => value })).rejects.toMatchObject({
    code: "RUN_FOLDER_LOCKED",
    message: `process ${child.pid} works in ${path}; wait until it has ended, stop it, or name another folder`,
  });
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
  expect(await inOwnFolder(path, { open, work: async (value) => value })).toBe(3);
});

test("a second work in the same process is refused too; work that fails gives the folder back", async () => {
  const path = join(root, "own");
  const { open } = counted(path);
  const again = () => inOwnFolder(path, { open, work: async () => "second" });
  const work = async () => {
    await expect(again()).rejects.toMatchObject({ code: "RUN_FOLDER_LOCKED" });
    throw new Error("no luck");
  };
  await expect(inOwnFolder(path, { open, work })).rejects.toThrow("no luck");
  expect(await again()).toBe("second");
});

test("what is opened under the lock is what another left before it", async () => {
  const path = join(root, "turns");
  const seen: unknown[] = [];
  const state = { value: 0 };
  const open = async () => {
    await makeFolder(path, "or go on");
    return state.value;
  };
  await inOwnFolder(path, {
    open: async () => {
      const value = await open();
      // Somebody else's change, between the first look and the lock.
      state.value = 7;
      return value;
    },
    work: async (value) => void seen.push(value),
  });
  expect(seen).toEqual([7]);
});

test("a folder that holds files is refused, and gets no lock", async () => {
  const path = join(root, "full");
  await makeFolder(path, "or go on");
  writeFileSync(join(path, "notes.txt"), "mine");
  const { open, opened } = counted(path);
  await expect(inOwnFolder(path, { open, work: async () => 1 })).rejects.toMatchObject({
    code: "RUN_FOLDER_EXISTS",
    message: `${path} already holds 1 entries; name another folder with --out, or go on`,
  });
  expect(opened()).toBe(0);
  expect(readdirSync(path)).toEqual(["notes.txt"]);
});
