import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { claimOf, folderForTest, someBytes, storeForTest } from "./blobs.fixture.ts";
import type { WriteAt } from "./durable.ts";

const DAY_MS = 86_400_000;
const FIVE = "74f81fe167d99b4cb41d6d0ccda82278caee9f3e2f25d5e5a3936ff3dcec60d0";
const NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

describe("put", () => {
  test("pieces are one blob under the hash of all, readable by any range, also after a restart", async () => {
    const directory = folderForTest();
    const store = await storeForTest({ directory });
    const put = await store.put([Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3, 4, 5)]);
    expect(put).toEqual({ sha256: FIVE, sizeBytes: 5 });
    expect(store.read(FIVE, 1, 4)).toEqual(Uint8Array.of(2, 3, 4));
    const again = await storeForTest({ directory });
    expect(again.sizeOf(FIVE)).toBe(5);
    expect(again.read(FIVE, 0, 5)).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
    expect(again.read(FIVE, 5, 5)).toEqual(Uint8Array.of());
  });

  test("the same bytes twice are stored once", async () => {
    const directory = folderForTest();
    let writes = 0;
    const writeAt: WriteAt = async (file, bytes, position) => {
      writes++;
      await file.write(bytes, 0, bytes.length, position);
    };
    const store = await storeForTest({ directory, writeAt });
    await store.put([Uint8Array.of(1, 2, 3, 4, 5)]);
    expect(await store.put([Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5)])).toEqual({
      sha256: FIVE,
      sizeBytes: 5,
    });
    expect(writes).toBe(1);
    expect(readdirSync(join(directory, "whole", "74"))).toEqual([FIVE]);
  });

  test("no bytes are a blob as well", async () => {
    const store = await storeForTest({ directory: folderForTest() });
    expect(await store.put([])).toEqual({ sha256: NOTHING, sizeBytes: 0 });
    expect(store.read(NOTHING, 0, 0)).toEqual(Uint8Array.of());
  });

  test("a blob of several stretches is whole", async () => {
    const store = await storeForTest({ directory: folderForTest() });
    const bytes = someBytes(2 ** 22 + 17);
    const { sha256, sizeBytes } = await store.put([bytes.subarray(0, 5), bytes.subarray(5)]);
    expect({ sha256, sizeBytes }).toEqual(claimOf(bytes));
    expect(Buffer.compare(store.read(sha256, 0, sizeBytes), bytes)).toBe(0);
  });

  test("what a kill left half-written is gone after a restart, and was never a blob", async () => {
    const directory = folderForTest();
    mkdirSync(join(directory, "temporary"));
    writeFileSync(join(directory, "temporary", "0"), "half of someth");
    const store = await storeForTest({ directory });
    expect(readdirSync(join(directory, "temporary"))).toEqual([]);
    expect((await store.put([Uint8Array.of(1, 2, 3, 4, 5)])).sha256).toBe(FIVE);
    expect(await store.collect(new Set())).toBe(1);
  });

  test("a full disk is named with the way out, and what was stored before is whole", async () => {
    const directory = folderForTest();
    let isFull = false;
    const writeAt: WriteAt = async (file, bytes, position) => {
      const fitting = isFull ? bytes.subarray(0, 2) : bytes;
      await file.write(fitting, 0, fitting.length, position);
      if (isFull) throw Object.assign(new Error("ENOSPC: no space"), { code: "ENOSPC" });
    };
    const store = await storeForTest({ directory, writeAt });
    await store.put([Uint8Array.of(1, 2, 3, 4, 5)]);
    isFull = true;
    const other = claimOf(Uint8Array.of(9, 9, 9));
    await expect(store.put([Uint8Array.of(9, 9, 9)])).rejects.toMatchObject({
      code: "DISK_FULL",
      message: expect.stringMatching(/no space left \(ENOSPC\); free some/),
    });
    expect(readdirSync(join(directory, "temporary"))).toEqual([]);
    expect(store.sizeOf(other.sha256)).toBeUndefined();
    expect(store.read(FIVE, 0, 5)).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
    isFull = false;
    expect(await store.put([Uint8Array.of(9, 9, 9)])).toEqual(other);
  });
});

describe("read", () => {
  test("an unknown hash, a hash that is a path, and bytes outside are BLOB_MISSING", async () => {
    const store = await storeForTest({ directory: folderForTest() });
    await store.put([Uint8Array.of(1, 2, 3, 4, 5)]);
    const missing = expect.objectContaining({ code: "BLOB_MISSING" });
    expect(() => store.read(NOTHING, 0, 0)).toThrow(missing);
    expect(() => store.read("../../../../etc/passwd", 0, 1)).toThrow(missing);
    expect(() => store.read(FIVE, 0, 6)).toThrow(missing);
    expect(() => store.read(FIVE, 3, 2)).toThrow(missing);
    expect(() => store.read(FIVE, Number.NaN, 2)).toThrow(missing);
    expect(store.sizeOf("../whole")).toBeUndefined();
  });

  test("more blobs than may be open are read all the same", async () => {
    const store = await storeForTest({ directory: folderForTest(), maxOpenBlobs: 2 });
    const puts = [];
    for (let i = 0; i < 5; i++) puts.push(await store.put([Uint8Array.of(i, i + 1)]));
    for (const turn of [0, 1])
      expect(puts.map(({ sha256 }) => store.read(sha256, turn, turn + 1)[0])).toEqual(
        [0, 1, 2, 3, 4].map((i) => i + turn),
      );
  });
});

describe("remove and collect", () => {
  test("a removed blob is gone, also where it was open, and can be stored again", async () => {
    const store = await storeForTest({ directory: folderForTest() });
    await store.put([Uint8Array.of(1, 2, 3, 4, 5)]);
    store.read(FIVE, 0, 5);
    await store.remove([NOTHING, FIVE, "../sent"]);
    expect(store.sizeOf(FIVE)).toBeUndefined();
    expect(() => store.read(FIVE, 0, 5)).toThrow(expect.objectContaining({ code: "BLOB_MISSING" }));
    await store.put([Uint8Array.of(1, 2, 3, 4, 5)]);
    expect(store.read(FIVE, 4, 5)).toEqual(Uint8Array.of(5));
  });

  test("whole blobs that are not kept go, with the marks of who sent them", async () => {
    const directory = folderForTest();
    const store = await storeForTest({ directory });
    const [kept, gone] = [someBytes(10), someBytes(10, 99)];
    for (const bytes of [kept, gone])
      await store.append("de", claimOf(bytes), { offset: 0, bytes });
    const { sha256 } = claimOf(gone);
    expect(existsSync(join(directory, "sent", sha256.slice(0, 2), sha256))).toBe(true);
    expect(await store.collect(new Set([claimOf(kept).sha256]))).toBe(1);
    expect(existsSync(join(directory, "sent", sha256.slice(0, 2), sha256))).toBe(false);
    expect(store.sizeOf(claimOf(kept).sha256)).toBe(10);
    expect((await store.arrivalOf("de", claimOf(gone))).receivedBytes).toBe(0);
  });

  test("parts go that have not grown for a day", async () => {
    let nowMs = 5 * DAY_MS;
    const store = await storeForTest({ directory: folderForTest(), now: () => nowMs });
    const [old, young] = [someBytes(10), someBytes(10, 99)];
    await store.append("de", claimOf(old), { offset: 0, bytes: old.subarray(0, 4) });
    nowMs += DAY_MS + 1000;
    await store.append("de", claimOf(young), { offset: 0, bytes: young.subarray(0, 6) });
    expect(await store.collect(new Set())).toBe(0);
    expect((await store.arrivalOf("de", claimOf(old))).receivedBytes).toBe(0);
    expect((await store.arrivalOf("de", claimOf(young))).receivedBytes).toBe(6);
  });

  test("others on the machine cannot read blobs", async () => {
    const directory = folderForTest();
    const store = await storeForTest({ directory });
    await store.put([Uint8Array.of(1, 2, 3, 4, 5)]);
    expect(statSync(join(directory, "whole", "74", FIVE)).mode & 0o077).toBe(0);
    expect(statSync(join(directory, "whole")).mode & 0o077).toBe(0);
  });
});
