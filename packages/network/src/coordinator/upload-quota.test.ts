import { expect, test } from "vitest";
import { createKeeper } from "./keeper.ts";
import { createUploadQuota } from "./upload-quota.ts";

test("an upload that an answer is about to name is not deleted beside it, however many follow", async () => {
  const inUse = new Set<string>();
  const removed: string[] = [];
  const keeper = createKeeper({
    record: { blobsInUse: async () => inUse },
    blobs: { remove: async (hashes) => void removed.push(...hashes) },
  });
  const quota = createUploadQuota(keeper);
  const hashes = Array.from({ length: 18 }, (_, i) => `blob-${i}`);
  for (const sha256 of hashes.slice(0, 16)) await quota.arrived("de", sha256);
  // The oldest was found whole, and is checked before the record names it.
  const checked = Promise.withResolvers<void>();
  const taking = keeper.storing(async (touch) => {
    await checked.promise;
    touch(hashes[0]!);
    inUse.add(hashes[0]!);
  });
  const arriving = Promise.all(hashes.slice(16).map((sha256) => quota.arrived("de", sha256)));
  await new Promise((resolve) => setImmediate(resolve));
  expect(removed).toEqual([]);
  checked.resolve();
  await Promise.all([taking, arriving]);
  expect(removed).toEqual([hashes[1]]);
});

test("what an answer has named makes room", async () => {
  const removed: string[] = [];
  const quota = createUploadQuota({ discard: async (hashes) => void removed.push(...hashes) });
  for (let i = 0; i < 16; i++) await quota.arrived("de", `blob-${i}`);
  quota.named("de", "blob-3");
  await quota.arrived("de", "blob-16");
  await quota.arrived("fr", "blob-17");
  expect(removed).toEqual([]);
  await quota.arrived("de", "blob-18");
  expect(removed).toEqual(["blob-0"]);
});
