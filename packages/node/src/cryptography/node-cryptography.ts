import { createECDH, createHash, randomBytes } from "node:crypto";
import { AtollError } from "@atoll/core/errors";
import type { Blinding, Cryptography } from "@atoll/core/federation";
import { keyedBytes } from "./keyed-bytes.ts";

const CURVE = "prime256v1";
const SIZE = 32;
/** Marks a compressed point; with which of its two signs plays no part where only x counts. */
const COMPRESSED = 0x02;
/** What Node calls an x coordinate that no point of the curve has. */
const NO_POINT = "ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY";

/** Node's own source and curve. */
export const nodeCryptography: Cryptography = {
  randomBytes: (count) => randomBytes(count),
  keyedBytes,
  createBlinding,
};

/**
 * Multiplication by a secret of which only x coordinates are told: a point and its opposite have the same,
 * so the order of several parties' secrets plays no part. P-256 has no small subgroups, and x coordinates
 * that belong to its twist are refused, so nothing that is sent can draw the secret out.
 */
function createBlinding(secret?: Uint8Array): Blinding {
  const key = createECDH(CURVE);
  if (secret === undefined) key.generateKeys();
  else key.setPrivateKey(secret);
  const compressed = new Uint8Array(1 + SIZE);
  compressed[0] = COMPRESSED;
  /** Undefined where no point has this x coordinate. */
  const times = (x: Uint8Array): Uint8Array | undefined => {
    compressed.set(x, 1);
    try {
      return key.computeSecret(compressed);
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === NO_POINT) return undefined;
      throw error;
    }
  };
  /** The first of SHA-256("atoll/anchor/", counter, "/", value) that is an x coordinate, times the secret. */
  const hashTimes = (value: string): Uint8Array => {
    for (let counter = 0; ; counter++) {
      const x = createHash("sha256").update(`atoll/anchor/${counter}/`).update(value).digest();
      const product = times(x);
      if (product !== undefined) return product;
    }
  };
  return {
    secret: padded(key.getPrivateKey()),
    blindValues: (values) => {
      const blinded = new Uint8Array(values.length * SIZE);
      values.forEach((value, i) => blinded.set(hashTimes(value), i * SIZE));
      return blinded;
    },
    blindPoints: (points) => {
      if (points.length % SIZE !== 0)
        throw new AtollError(
          "CURVE_POINT",
          `${points.length} bytes were received as points of P-256, which have ${SIZE} each; the message is damaged or its sender is no Atoll: run again, and look at what lies between`,
        );
      const blinded = new Uint8Array(points.length);
      for (let at = 0; at < points.length; at += SIZE) {
        const x = points.subarray(at, at + SIZE);
        const product = times(x);
        if (product === undefined)
          throw new AtollError(
            "CURVE_POINT",
            `number ${at / SIZE} of ${points.length / SIZE} received points is not on P-256: x = ${Buffer.from(x).toString("hex")}; the message is damaged or its sender is no Atoll: run again, and look at what lies between`,
          );
        blinded.set(product, at);
      }
      return blinded;
    },
  };
}

/** A number without its leading zero bytes, with them. */
function padded(number: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(SIZE);
  bytes.set(number, SIZE - number.length);
  return bytes;
}
