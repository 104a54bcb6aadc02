import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify as verifySignature,
  type KeyObject,
} from "node:crypto";
import { dirname } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { makePrivateFolder, readPrivateFile, writePrivateFile } from "./private-files.ts";
import type { SigningKey, Verify } from "./types.ts";

/** A signing key that can be written down. Printing it shows the public key alone. */
export interface OwnKey extends SigningKey {
  /** PKCS8, PEM: a secret. */
  readonly toPem: () => string;
}

export function generateSigningKey(): OwnKey {
  return ownKeyOf(generateKeyPairSync("ed25519").privateKey);
}

/** The key of a PKCS8 PEM; `where` names the file in the error if it is none. */
export function signingKeyOf(pem: string, where: string): OwnKey {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // What the parser says could quote the key.
  }
  if (key?.asymmetricKeyType !== "ed25519")
    throw new AtollError(
      "IDENTITY_DAMAGED",
      `${where} is no Ed25519 private key in PKCS8 PEM; put it back from a backup, or make the identity anew`,
    );
  return ownKeyOf(key);
}

function ownKeyOf(key: KeyObject): OwnKey {
  return {
    publicKey: createPublicKey(key).export({ type: "spki", format: "der" }).toString("base64"),
    sign: (bytes) => new Uint8Array(sign(null, bytes, key)),
    toPem: () => key.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

/** Writes a key into a file with mode 0600, in a folder with mode 0700. */
export function writeSigningKey(path: string, key: OwnKey): void {
  makePrivateFolder(dirname(path));
  writePrivateFile(path, key.toPem());
}

/** Undefined where there is no such file; IDENTITY_PERMISSIONS, IDENTITY_DAMAGED. */
export function readSigningKey(path: string): OwnKey | undefined {
  const pem = readPrivateFile(path);
  return pem === undefined ? undefined : signingKeyOf(pem, path);
}

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const RAW_KEY_BYTES = 32;

/** The 32 bytes of an Ed25519 key; undefined where the text is not exactly the SPKI of one, base64. */
export function rawPublicKey(publicKey: string): Uint8Array | undefined {
  const spki = Buffer.from(publicKey, "base64");
  const isKey =
    spki.length === SPKI_PREFIX.length + RAW_KEY_BYTES &&
    spki.subarray(0, SPKI_PREFIX.length).equals(SPKI_PREFIX) &&
    spki.toString("base64") === publicKey;
  return isKey ? new Uint8Array(spki.subarray(SPKI_PREFIX.length)) : undefined;
}

/** SPKI, base64, of the 32 bytes of an Ed25519 key. */
export function publicKeyOf(raw: Uint8Array): string {
  return Buffer.concat([SPKI_PREFIX, raw]).toString("base64");
}

/** Keys that were read lately: reading one takes as long as verifying with it. In the order of their reading. */
const keysRead = new Map<string, KeyObject>();
const MAX_KEYS_READ = 1024;

function keyOf(publicKey: string): KeyObject {
  const known = keysRead.get(publicKey);
  if (known !== undefined) return known;
  const der = Buffer.from(publicKey, "base64");
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  keysRead.set(publicKey, key);
  if (keysRead.size > MAX_KEYS_READ) keysRead.delete(keysRead.keys().next().value!);
  return key;
}

export const verify: Verify = (publicKey, bytes, signature) => {
  if (signature.length !== 64) return false;
  if (!keysRead.has(publicKey) && rawPublicKey(publicKey) === undefined) return false;
  try {
    return verifySignature(null, bytes, keyOf(publicKey), signature);
  } catch {
    return false;
  }
};
