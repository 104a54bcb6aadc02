import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { claimOf, folderForTest, someBytes, storeForTest } from "./blobs.fixture.ts";
import type { WriteAt } from "./durable.ts";
import { ownerFolder } from "./places.ts";

const bytes = someBytes(300);
const claim = claimOf(bytes);

const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.nat(300), fc.nat(120)) },
  { weight: 1, arbitrary: fc.constant("restart" as const) },
);

test("after any chunks, in any order, with restarts between, what has arrived is a beginning, and going on from it ends with the whole blob", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      const directory = join(folderForTest(), "store");
      let store = await storeForTest({ directory, maxOpenParts: 1 });
      let expected = 0;
      // Chunks that left a gap, until it is filled or the process ends.
      let early: [offset: number, end: number][] = [];
      for (const next of steps) {
        if (next === "restart") {
          await store.close();
          store = await storeForTest({ directory });
          early = [];
          continue;
        }
        const [offset, length] = next;
        const chunk = bytes.subarray(offset, offset + length);
        const arrival = await store.append("de", claim, { offset, bytes: chunk });
        if (offset > expected) {
          const isNew = chunk.length > 0 && early.every(([known]) => known !== offset);
          if (isNew) early.push([offset, offset + chunk.length]);
        } else if (offset + chunk.length > expected) {
          expected = offset + chunk.length;
          for (let next; (next = early.find(([from]) => from <= expected)) !== undefined;) {
            early.splice(early.indexOf(next), 1);
            expected = Math.max(expected, next[1]);
          }
        }
        expect(arrival).toEqual({
          ...claim,
          receivedBytes: expected,
          isWhole: expected === bytes.length,
        });
      }
      const { receivedBytes } = await store.arrivalOf("de", claim);
      expect(receivedBytes).toBe(expected);
      const rest = { offset: receivedBytes, bytes: bytes.subarray(receivedBytes) };
      expect((await store.append("de", claim, rest)).isWhole).toBe(true);
      expect(store.read(claim.sha256, 0, bytes.length)).toEqual(bytes);
      expect(readdirSync(join(directory, "parts", ownerFolder("de")))).toEqual([]);
      await store.close();
    }),
    { numRuns: 60 },
  );
});

test("bytes with another hash are BLOB_DAMAGED and dropped; sent again rightly they are taken", async () => {
  const directory = folderForTest();
  const store = await storeForTest({ directory });
  const wrong = bytes.with(17, bytes[17]! ^ 1);
  await store.append("de", claim, { offset: 0, bytes: wrong.subarray(0, 200) });
  const last = { offset: 200, bytes: wrong.subarray(200) };
  await expect(store.append("de", claim, last)).rejects.toMatchObject({ code: "BLOB_DAMAGED" });
  expect(readdirSync(join(directory, "parts", ownerFolder("de")))).toEqual([]);
  expect(store.sizeOf(claim.sha256)).toBeUndefined();
  expect((await store.arrivalOf("de", claim)).receivedBytes).toBe(0);
  expect((await store.append("de", claim, { offset: 0, bytes })).isWhole).toBe(true);
});

test("nobody learns what others have sent, and each sends the whole of it", async () => {
  const directory = folderForTest();
  const store = await storeForTest({ directory });
  await store.append("de", claim, { offset: 0, bytes });
  expect(await store.arrivalOf("fr", claim)).toEqual({
    ...claim,
    receivedBytes: 0,
    isWhole: false,
  });
  const first = { offset: 0, bytes: bytes.subarray(0, 299) };
  expect((await store.append("fr", claim, first)).isWhole).toBe(false);
  const last = { offset: 299, bytes: bytes.subarray(299) };
  expect((await store.append("fr", claim, last)).isWhole).toBe(true);
  const again = await storeForTest({ directory });
  for (const [owner, isWhole] of [
    ["de", true],
    ["fr", true],
    ["us", false],
  ] as const)
    expect((await again.arrivalOf(owner, claim)).isWhole).toBe(isWhole);
});

test("what the server stored itself is not told either", async () => {
  const store = await storeForTest({ directory: folderForTest() });
  await store.put([bytes]);
  expect((await store.arrivalOf("de", claim)).isWhole).toBe(false);
});

test("a claim above the limit is BLOB_TOO_LARGE, and nothing is allocated for it", async () => {
  const directory = folderForTest();
  const store = await storeForTest({ directory, maxBlobBytes: 299 });
  const tenGib = { ...claim, sizeBytes: 10 * 2 ** 30 };
  for (const large of [claim, tenGib]) {
    const refused = { code: "BLOB_TOO_LARGE", message: expect.stringContaining("at most 299") };
    await expect(store.arrivalOf("de", large)).rejects.toMatchObject(refused);
    const chunk = { offset: 0, bytes: bytes.subarray(0, 10) };
    await expect(store.append("de", large, chunk)).rejects.toMatchObject(refused);
  }
  expect(readdirSync(directory)).toEqual(["temporary"]);
});

test.each([
  ["a hash that is a path", { sha256: `../../${"a".repeat(58)}`, sizeBytes: 1 }, 0],
  ["a hash in capitals", { sha256: claim.sha256.toUpperCase(), sizeBytes: 300 }, 0],
  ["a size that is no integer", { sha256: claim.sha256, sizeBytes: 1.5 }, 0],
  ["a chunk past the end", claim, 299],
  ["a chunk before the beginning", claim, -1],
])("%s is BLOB_CLAIM", async (_, wrong, offset) => {
  const store = await storeForTest({ directory: folderForTest() });
  const chunk = { offset, bytes: Uint8Array.of(1, 2) };
  await expect(store.append("de", wrong, chunk)).rejects.toMatchObject({ code: "BLOB_CLAIM" });
});

test("an empty blob is whole once its sender has said so", async () => {
  const store = await storeForTest({ directory: folderForTest() });
  const empty = claimOf(Uint8Array.of());
  expect((await store.arrivalOf("de", empty)).isWhole).toBe(false);
  const chunk = { offset: 0, bytes: Uint8Array.of() };
  expect((await store.append("de", empty, chunk)).isWhole).toBe(true);
  expect((await store.arrivalOf("de", empty)).isWhole).toBe(true);
});

test("a part that was begun with a larger size under the same hash is dropped", async () => {
  const store = await storeForTest({ directory: folderForTest() });
  const larger = { sha256: claim.sha256, sizeBytes: 900 };
  await store.append("de", larger, { offset: 0, bytes: someBytes(400) });
  expect((await store.arrivalOf("de", claim)).receivedBytes).toBe(0);
  expect((await store.append("de", claim, { offset: 0, bytes })).isWhole).toBe(true);
});

test("a part that a kill left full, but not moved, is finished by the next question", async () => {
  const directory = folderForTest();
  let isBroken = false;
  const writeAt: WriteAt = async (file, chunk, position) => {
    await file.write(chunk, 0, chunk.length, position);
    if (isBroken) Object.defineProperty(file, "sync", { value: () => Promise.reject(new Error()) });
  };
  const store = await storeForTest({ directory, writeAt });
  isBroken = true;
  await expect(store.append("de", claim, { offset: 0, bytes })).rejects.toThrow();
  expect(store.sizeOf(claim.sha256)).toBeUndefined();
  const again = await storeForTest({ directory });
  expect(await again.arrivalOf("de", claim)).toEqual({
    ...claim,
    receivedBytes: 300,
    isWhole: true,
  });
  expect(again.read(claim.sha256, 0, 300)).toEqual(bytes);
});

test("a full disk leaves the part as it was, and the upload goes on once there is space", async () => {
  let isFull = false;
  const writeAt: WriteAt = async (file, chunk, position) => {
    const fitting = isFull ? chunk.subarray(0, 7) : chunk;
    await file.write(fitting, 0, fitting.length, position);
    if (isFull) throw Object.assign(new Error("quota"), { code: "EDQUOT" });
  };
  const store = await storeForTest({ directory: folderForTest(), writeAt });
  await store.append("de", claim, { offset: 0, bytes: bytes.subarray(0, 100) });
  isFull = true;
  const rest = { offset: 100, bytes: bytes.subarray(100) };
  await expect(store.append("de", claim, rest)).rejects.toMatchObject({ code: "DISK_FULL" });
  expect((await store.arrivalOf("de", claim)).receivedBytes).toBe(100);
  isFull = false;
  expect((await store.append("de", claim, rest)).isWhole).toBe(true);
});

test("calls of many owners side by side, with few parts open, end with every blob", async () => {
  const store = await storeForTest({ directory: folderForTest(), maxOpenParts: 2 });
  const owners = Array.from({ length: 8 }, (_, i) => `silo ${i}`);
  const send = async (owner: string, i: number) => {
    const own = someBytes(1000, i * 5000);
    for (let offset = 0; offset < own.length; offset += 100)
      await store.append(owner, claimOf(own), {
        offset,
        bytes: own.subarray(offset, offset + 100),
      });
    return store.sizeOf(claimOf(own).sha256);
  };
  expect(await Promise.all(owners.map(send))).toEqual(owners.map(() => 1000));
});

test("an owner who begins too many parts loses the one that grew least lately, and nobody else's", async () => {
  let nowMs = 1_000_000;
  const store = await storeForTest({
    directory: folderForTest(),
    maxPartsPerOwner: 2,
    now: () => (nowMs += 1000),
  });
  const blobs = [0, 1, 2].map((i) => someBytes(50, i * 777));
  const begin = (owner: string, i: number) =>
    store.append(owner, claimOf(blobs[i]!), { offset: 0, bytes: blobs[i]!.subarray(0, 20) });
  const received = async (owner: string) =>
    Promise.all(
      blobs.map(async (blob) => (await store.arrivalOf(owner, claimOf(blob))).receivedBytes),
    );
  await begin("fr", 0);
  for (const i of [0, 1, 2]) await begin("de", i);
  expect(await received("de")).toEqual([0, 20, 20]);
  expect(await received("fr")).toEqual([20, 0, 0]);
});

test("no two owners have one folder, whatever their names", () => {
  const names = ["de", "DE", "..", ".", "", "a/b", "a_b", "\ud800", "\ud801", "x".repeat(200)];
  const folders = names.map(ownerFolder);
  expect(new Set(folders.map((folder) => folder.toLowerCase())).size).toBe(names.length);
  expect(folders.every((folder) => /^[a-z0-9_-]{33,80}$/.test(folder))).toBe(true);
});
