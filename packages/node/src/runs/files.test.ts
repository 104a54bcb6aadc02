import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fileNameOf, readWhole, writeAtomically } from "./files.ts";

test("every client name has its own file name, without separators, and never . or ..", () => {
  expect(fileNameOf("..")).toBe("%2E.");
  expect(fileNameOf("a/b c")).toBe("a%2Fb%20c");
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.string({ unit: "grapheme", minLength: 1 }),
      (a, b) => {
        fc.pre(a.isWellFormed() && b.isWellFormed());
        expect(fileNameOf(a)).not.toMatch(/[/\\\0]/);
        expect(["", ".", ".."]).not.toContain(fileNameOf(a));
        if (a !== b) expect(fileNameOf(a)).not.toBe(fileNameOf(b));
      },
    ),
  );
});

test("pieces are written one after another, from shared memory too, and read back whole", async () => {
  const directory = await mkdtemp(join(tmpdir(), "atoll-files-"));
  const path = join(directory, "deep", "state.bin");
  const shared = new Uint8Array(new SharedArrayBuffer(300)).fill(7);
  await writeAtomically(path, [Uint8Array.of(1, 2), shared, new Uint8Array(0), Uint8Array.of(3)]);
  expect([...(await readWhole(path))]).toEqual([1, 2, ...shared, 3]);
  await writeAtomically(path, [Uint8Array.of(9)]);
  expect([...(await readWhole(path))]).toEqual([9]);
  expect(await readdir(join(directory, "deep"))).toEqual(["state.bin"]);
  await rm(directory, { recursive: true });
});
