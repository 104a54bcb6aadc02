import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { DatabaseSync } from "./database-sync.ts";
import { takeProcessLock } from "./process-lock.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-process-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));

const refused = (processId: number | undefined) => new Error(`held by ${processId}`);

test("is held once, by name, until it is released", () => {
  const file = join(folder, "one.lock");
  const lock = takeProcessLock(file, refused);
  expect(() => takeProcessLock(file, refused)).toThrow(`held by ${process.pid}`);
  lock.release();
  takeProcessLock(file, refused).release();
});

test("is held without a name where nothing can be written, as on a full disk", () => {
  const file = join(folder, "full.lock");
  const database = new DatabaseSync(file);
  // No statement may write, but locks are taken.
  database.exec("CREATE TABLE holder (pid INTEGER CHECK (pid < 0))");
  database.close();
  const lock = takeProcessLock(file, refused);
  expect(() => takeProcessLock(file, refused)).toThrow("held by undefined");
  lock.release();
});

test("what is wrong with the file itself is told as it is", () => {
  expect(() => takeProcessLock(join(folder, "nowhere", "a.lock"), refused)).toThrow(
    /unable to open database file/,
  );
});
