import { createECDH, createHash, ECDH, randomBytes } from "node:crypto";
import type { Blinding, Cryptography } from "@atoll/core/federation";

const CURVE = "prime256v1";
const SIZE = 32;
/** Marks a compressed point; with which of its two signs plays no part where only x counts. */
const COMPRESSED = 0x02;

/** Node's own source and curve. */
export const nodeCryptography: Cryptography = {
  randomBytes: (count) => randomBytes(count),
  createBlinding,
};

/** Blinding under a secret that stays in this object. */
function createBlinding(): Blinding {
  const key = createECDH(CURVE);
  key.generateKeys();
  const times = (x: Uint8Array): Uint8Array => key.computeSecret(Uint8Array.of(COMPRESSED, ...x));
  return {
    blindValues: (values) => joined(values.map((value) => times(pointOf(value)))),
    blindPoints: (points) =>
      joined(
        Array.from({ length: points.length / SIZE }, (_, i) =>
          times(points.subarray(i * SIZE, (i + 1) * SIZE)),
        ),
      ),
  };
}

/** The first of SHA-256(counter, value) that is the x coordinate of a point. */
function pointOf(value: string): Uint8Array {
  for (let counter = 0; ; counter++) {
    const x = createHash("sha256").update(`atoll/anchor/${counter}/`).update(value).digest();
    if (isOnCurve(x)) return x;
  }
}

function isOnCurve(x: Uint8Array): boolean {
  try {
    ECDH.convertKey(Uint8Array.of(COMPRESSED, ...x), CURVE);
    return true;
  } catch {
    return false;
  }
}

function joined(points: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(points.length * SIZE);
  points.forEach((point, i) => all.set(point, i * SIZE));
  return all;
}
