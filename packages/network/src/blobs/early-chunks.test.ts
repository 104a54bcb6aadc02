import { expect, test } from "vitest";
import { someBytes } from "./blobs.fixture.ts";
import { createEarlyChunks } from "./early-chunks.ts";

const MIB = 2 ** 20;

test("a chunk waits until what came before it is there, and only its new part comes out", () => {
  const early = createEarlyChunks();
  early.keep("a", { owner: "de", offset: 10, bytes: someBytes(5) }, 0);
  early.keep("a", { owner: "de", offset: 20, bytes: someBytes(5) }, 0);
  expect(early.next("a", 9)).toBeUndefined();
  expect(early.next("b", 12)).toBeUndefined();
  expect(early.next("a", 12)).toEqual(someBytes(5).subarray(2));
  expect(early.next("a", 15)).toBeUndefined();
  early.drop("a");
  expect(early.next("a", 20)).toBeUndefined();
});

test("what was overtaken meanwhile is passed over", () => {
  const early = createEarlyChunks();
  early.keep("a", { owner: "de", offset: 1, bytes: someBytes(2) }, 0);
  early.keep("a", { owner: "de", offset: 4, bytes: someBytes(4) }, 0);
  expect(early.next("a", 6)).toEqual(someBytes(4).subarray(2));
});

test("chunks that are far ahead are not kept, nor more of one owner's than 8 MiB, nor more of all than 64", () => {
  const early = createEarlyChunks();
  const keep = (owner: string, at: number, path = owner) =>
    early.keep(path, { owner, offset: at * MIB, bytes: new Uint8Array(MIB) }, 0);
  const isKept = (path: string, at: number) => early.next(path, at * MIB) !== undefined;
  keep("far", 8);
  expect(isKept("far", 8)).toBe(false);
  for (let i = 1; i < 8; i++) keep("de", i);
  keep("de", 3, "another blob");
  keep("de", 4, "another blob");
  expect(isKept("another blob", 3)).toBe(true);
  expect(isKept("another blob", 4)).toBe(false);
  for (let client = 0; client < 9; client++) for (let i = 1; i < 8; i++) keep(`c${client}`, i);
  const kept = Array.from({ length: 9 }, (_, client) =>
    Array.from({ length: 7 }, (__, i) => isKept(`c${client}`, i + 1)).filter(Boolean),
  );
  expect(kept.flat().length).toBe(64 - 7);
});
