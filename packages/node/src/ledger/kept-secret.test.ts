import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { keptSecret } from "./kept-secret.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-secret-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a secret is made once, and its owner alone may read it", () => {
  const path = join(folder, "deep", "noise.secret");
  const first = keptSecret(path, randomBytes);
  expect(first).toHaveLength(32);
  expect([...keptSecret(path, randomBytes)]).toEqual([...first]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, "deep"))).toEqual(["noise.secret"]);
  expect([...keptSecret(join(folder, "other.secret"), randomBytes)]).not.toEqual([...first]);
});

test("who comes second, while the first is still writing, takes the first one's", () => {
  const path = join(folder, "raced.secret");
  let others: Uint8Array | undefined;
  const racing = (count: number) => {
    // The other one comes between the look at the folder and the writing.
    if (count === 32 && others === undefined) {
      others = new Uint8Array(0);
      others = keptSecret(path, randomBytes);
    }
    return randomBytes(count);
  };
  expect([...keptSecret(path, racing)]).toEqual([...others!]);
});

test("a file of another size is refused, and left as it is", () => {
  const path = join(folder, "short.secret");
  writeFileSync(path, "short");
  expect(() => keptSecret(path, randomBytes)).toThrow("holds 5 bytes where a secret has 32");
  expect(statSync(path).size).toBe(5);
});
