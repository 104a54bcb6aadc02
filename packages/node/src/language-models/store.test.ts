import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { keyOf } from "./asking.fixture.ts";
import { openAnswers } from "./store.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-answers-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = () => join(folder, "made", "on the way", `${files++}.sqlite`);

/** Any characters, but no halves of them. */
const characters = fc
  .array(fc.integer({ min: 0, max: 0x10ffff }))
  .map((codes) => String.fromCodePoint(...codes).toWellFormed());

test("what is put is found, by others too and after closing, character for character", () => {
  const path = newPath();
  const store = openAnswers(path);
  const other = openAnswers(path, { readOnly: true });
  let number = 0;
  fc.assert(
    fc.property(characters, (text) => {
      const key = keyOf(String(number++));
      store.put(key, { kind: "answered", text });
      expect(store.get(key)).toEqual({ kind: "answered", text });
      expect(other.get(key)).toEqual({ kind: "answered", text });
    }),
  );
  const strange = 'a\u0000b "\u{1f35e}" \r\n';
  store.put(keyOf("strange"), { kind: "answered", text: strange });
  store.close();
  other.close();
  const again = openAnswers(path);
  expect(again.get(keyOf("strange"))).toEqual({ kind: "answered", text: strange });
  expect(again.get(keyOf("unknown"))).toBeUndefined();
  again.close();
});

test("a rejected answer gives way to another; what was answered or dropped stays", () => {
  const store = openAnswers(newPath());
  const key = keyOf("a");
  store.put(key, { kind: "rejected", reason: "not JSON" });
  expect(store.get(key)).toEqual({ kind: "rejected", reason: "not JSON" });
  store.put(key, { kind: "dropped", reason: "too many" });
  store.put(key, { kind: "answered", text: "late" });
  expect(store.get(key)).toEqual({ kind: "dropped", reason: "too many" });
  store.put(keyOf("b"), { kind: "answered", text: "first" });
  store.put(keyOf("b"), { kind: "rejected", reason: "late" });
  expect(store.get(keyOf("b"))).toEqual({ kind: "answered", text: "first" });
  store.close();
});

test("its owner alone reads it, and a closed one is a single file", () => {
  const path = newPath();
  const store = openAnswers(path);
  store.put(keyOf("a"), { kind: "answered", text: "yes" });
  const modes = [path, `${path}-wal`, `${path}-shm`].map((file) => statSync(file).mode & 0o777);
  expect(modes).toEqual([0o600, 0o600, 0o600]);
  store.close();
  const name = path.split("/").at(-1)!;
  expect(readdirSync(join(path, "..")).filter((file) => file.startsWith(name))).toEqual([name]);
  expect(readFileSync(path, "latin1").startsWith("SQLite format 3")).toBe(true);
});

test("for reading only, no file is made, and nothing is put", () => {
  const path = newPath();
  const store = openAnswers(path, { readOnly: true });
  expect(store.get(keyOf("a"))).toBeUndefined();
  expect(() => store.put(keyOf("a"), { kind: "answered", text: "" })).toThrow(RangeError);
  store.close();
  expect(() => statSync(path)).toThrow("ENOENT");
});

test("where nothing can be written, what is stored is read", () => {
  const path = newPath();
  const store = openAnswers(path);
  store.put(keyOf("a"), { kind: "answered", text: "yes" });
  store.close();
  const own = join(path, "..");
  chmodSync(path, 0o644);
  chmodSync(folder, 0o755);
  chmodSync(own, 0o555);
  // Whoever may do everything has to be somebody else for a moment.
  const isRoot = process.getuid!() === 0;
  try {
    if (isRoot) process.seteuid!(65534);
    const read = openAnswers(path, { readOnly: true });
    expect(read.get(keyOf("a"))).toEqual({ kind: "answered", text: "yes" });
    read.close();
    expect(() => openAnswers(path)).toThrow(
      expect.objectContaining({ code: "AUGMENTATION_STORE" }),
    );
  } finally {
    if (isRoot) process.seteuid!(0);
    chmodSync(own, 0o755);
  }
});

test.each([false, true])(
  "what is no store is refused and left alone (reading only: %s)",
  (readOnly) => {
    const foreign = join(folder, `foreign-${readOnly}.sqlite`);
    const database = new DatabaseSync(foreign);
    database.exec("CREATE TABLE mine (x)");
    database.close();
    const before = readFileSync(foreign);
    expect(() => openAnswers(foreign, { readOnly })).toThrow(
      /of something else.*augmentation\.cache/s,
    );
    expect(readFileSync(foreign).equals(before)).toBe(true);

    const text = join(folder, `text-${readOnly}.sqlite`);
    writeFileSync(text, "no database at all, but long enough to look at");
    expect(() => openAnswers(text, { readOnly })).toThrow(/text-.*move it away/s);

    const later = newPath();
    openAnswers(later).close();
    const changed = new DatabaseSync(later);
    changed.exec("PRAGMA user_version = 2");
    changed.close();
    expect(() => openAnswers(later, { readOnly })).toThrow(
      /version 2, and this Atoll knows version 1/,
    );
  },
);

test("a damaged file says so", () => {
  const path = newPath();
  const store = openAnswers(path);
  for (let i = 0; i < 200; i++)
    store.put(keyOf(String(i)), { kind: "answered", text: "x".repeat(500) });
  store.close();
  const bytes = readFileSync(path);
  bytes.fill(0xaa, 4096);
  writeFileSync(path, bytes);
  const damaged = openAnswers(path);
  expect(() => damaged.get(keyOf("7"))).toThrow(
    expect.objectContaining({ code: "AUGMENTATION_STORE" }),
  );
  damaged.close();
});

test("a folder that cannot be made is said", () => {
  writeFileSync(join(folder, "file"), "");
  expect(() => openAnswers(join(folder, "file", "x.sqlite"))).toThrow(
    expect.objectContaining({ code: "AUGMENTATION_STORE" }),
  );
});
