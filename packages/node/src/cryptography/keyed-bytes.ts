import { createCipheriv, createHmac } from "node:crypto";

const CIPHER = "aes-256-ctr";
const KEY_BYTES = 32;
const COUNTER_BYTES = 16;
const ZEROS = new Uint8Array(65_536);

/**
 * The stream of bytes of a secret and a label: AES-256 in counter mode from counter 0, under the key
 *
 *   HMAC-SHA-256(secret, "atoll/keyed-bytes/" label)
 *
 * It does not depend on how many bytes are taken at once.
 */
export function keyedBytes(secret: Uint8Array, label: string): (count: number) => Uint8Array {
  if (secret.length !== KEY_BYTES)
    throw new RangeError(`keyedBytes: a secret has ${KEY_BYTES} bytes, got ${secret.length}`);
  // Ill-formed labels that differ would be the same bytes in UTF-8.
  if (!label.isWellFormed()) throw new RangeError("keyedBytes: a label is no well-formed text");
  return keyStream(
    createHmac("sha256", secret).update("atoll/keyed-bytes/").update(label, "utf8").digest(),
  );
}

/** AES-256 of the counters 0, 1, 2, ... as 128-bit big-endian numbers. */
export function keyStream(key: Uint8Array): (count: number) => Uint8Array {
  const cipher = createCipheriv(CIPHER, key, new Uint8Array(COUNTER_BYTES));
  return (count) => {
    if (!Number.isInteger(count) || count < 0)
      throw new RangeError(`keyStream: ${count} is no number of bytes`);
    return cipher.update(count <= ZEROS.length ? ZEROS.subarray(0, count) : new Uint8Array(count));
  };
}
