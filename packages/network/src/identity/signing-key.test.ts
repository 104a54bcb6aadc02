import { generateKeyPairSync } from "node:crypto";
import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { temporaryFolders } from "./folder.fixture.ts";
import {
  generateSigningKey,
  publicKeyOf,
  rawPublicKey,
  readSigningKey,
  signingKeyOf,
  verify,
  writeSigningKey,
} from "./signing-key.ts";

const folder = temporaryFolders();
const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

test("signs as RFC 8032, test 2, does", () => {
  const pkcs8 = Buffer.from(
    "302e020100300506032b6570042204204ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "hex",
  );
  const key = signingKeyOf(
    `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString("base64")}\n-----END PRIVATE KEY-----\n`,
    "the test's key",
  );
  const signature = hex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  );
  expect(key.sign(hex("72"))).toEqual(signature);
  expect(key.publicKey).toBe(
    publicKeyOf(hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")),
  );
  expect(verify(key.publicKey, hex("72"), signature)).toBe(true);
  expect(verify(key.publicKey, hex("73"), signature)).toBe(false);
  expect(verify(generateSigningKey().publicKey, hex("72"), signature)).toBe(false);
});

test("one bit of a signature, or one byte more or less, makes it none", () => {
  const key = generateSigningKey();
  const bytes = hex("0102030405");
  const signature = key.sign(bytes);
  fc.assert(
    fc.property(fc.nat(511), (bit) => {
      const changed = signature.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      return !verify(key.publicKey, bytes, changed);
    }),
  );
  expect(verify(key.publicKey, bytes, signature.subarray(0, 63))).toBe(false);
  expect(verify(key.publicKey, bytes, Uint8Array.of(...signature, 0))).toBe(false);
});

test("anything else than an Ed25519 key verifies nothing, and nothing throws", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const rsa = publicKey.export({ type: "spki", format: "der" }).toString("base64");
  const key = generateSigningKey();
  const signature = key.sign(hex("00"));
  // Base64 that is written otherwise would be the same key under another name.
  for (const other of [rsa, "", "?", `${key.publicKey}\n`, key.publicKey.slice(0, -1)])
    expect(verify(other, hex("00"), signature)).toBe(false);
  expect(rawPublicKey(key.publicKey)).toHaveLength(32);
  fc.assert(fc.property(fc.base64String(), (text) => !verify(text, hex("00"), signature)));
  expect(() =>
    signingKeyOf(privateKey.export({ type: "pkcs8", format: "pem" }) as string, "rsa.pem"),
  ).toThrow(expect.objectContaining({ code: "IDENTITY_DAMAGED" }));
});

test("a key comes back from its file, which its owner alone may read", () => {
  const path = join(folder(), "keys", "key.pem");
  expect(readSigningKey(path)).toBeUndefined();
  const key = generateSigningKey();
  writeSigningKey(path, key);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(path, ".."))).toEqual(["key.pem"]);
  expect(readSigningKey(path)!.publicKey).toBe(key.publicKey);
  expect(readSigningKey(path)!.sign(hex("01"))).toEqual(key.sign(hex("01")));
});

test.each([0o640, 0o604, 0o660, 0o620, 0o777])(
  "a key's file with mode %o is not read; the error says what to type",
  (mode) => {
    const path = join(folder(), "key.pem");
    writeSigningKey(path, generateSigningKey());
    chmodSync(path, mode);
    expect(() => readSigningKey(path)).toThrow(
      expect.objectContaining({
        code: "IDENTITY_PERMISSIONS",
        message: expect.stringContaining(`chmod 600 ${path}`) as string,
      }),
    );
  },
);

test("a damaged file is told by its path and never quoted; printing a key shows its public half alone", () => {
  const path = join(folder(), "key.pem");
  const key = generateSigningKey();
  const secret = key.toPem().split("\n")[1]!;
  writeFileSync(path, key.toPem().slice(0, 90), { mode: 0o600 });
  const error = (() => {
    try {
      return readSigningKey(path);
    } catch (caught) {
      return caught as Error;
    }
  })();
  expect(error).toMatchObject({ code: "IDENTITY_DAMAGED" });
  expect(inspect(error)).toContain(path);
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret.slice(0, 20));
  const printed = inspect(key, { depth: 10, showHidden: true }) + JSON.stringify(key);
  expect(printed).toContain(key.publicKey);
  expect(printed).not.toContain(secret.slice(-20));
});
