import { expect, test } from "vitest";
import { createKeeper } from "./keeper.ts";

const soon = () => new Promise((resolve) => setImmediate(resolve));

test("work that stores goes on side by side; a sweep waits for it, and what comes later waits for the sweep", async () => {
  const inUse = new Set(["b"]);
  const removed: string[] = [];
  const told: string[] = [];
  const keeper = createKeeper({
    record: {
      blobsInUse: async () => {
        told.push("sweep");
        await soon();
        return inUse;
      },
    },
    blobs: { remove: async (hashes) => void removed.push(...hashes) },
  });
  const first = Promise.withResolvers<void>();
  const store = (name: string, until: Promise<unknown>) =>
    keeper.storing(async (touch) => {
      told.push(`${name} begins`);
      await until;
      touch(name);
      told.push(`${name} ends`);
    });
  const a = store("a", first.promise);
  const b = store("b", soon());
  await b;
  const sweep = keeper.sweep();
  const c = store("c", soon());
  await soon();
  first.resolve();
  await Promise.all([a, sweep, c]);
  expect(told).toEqual(["a begins", "b begins", "b ends", "a ends", "sweep", "c begins", "c ends"]);
  // What was named and is no longer; "c" was not touched when the sweep looked.
  expect(removed).toEqual(["a"]);
});

test("work that fails holds up neither a sweep nor what comes after", async () => {
  const keeper = createKeeper({
    record: { blobsInUse: async () => new Set<string>() },
    blobs: { remove: async () => {} },
  });
  const failing = keeper.storing(() => Promise.reject(new Error("disk")));
  const alone = keeper.alone(() => Promise.reject(new Error("alone")));
  await expect(failing).rejects.toThrow("disk");
  await expect(alone).rejects.toThrow("alone");
  await keeper.sweep();
  expect(await keeper.storing(async () => 7)).toBe(7);
});
