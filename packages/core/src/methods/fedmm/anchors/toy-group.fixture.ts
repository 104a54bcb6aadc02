import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { AtollError } from "../../../errors/index.ts";
import type { Cryptography } from "../../../federation/cryptography.ts";
import { streamOf } from "../../../random/index.ts";

/** P = 2 Q + 1, both prime, just below 2^61: quick, commutative, and as safe as a toy. */
const P = 2305843009213691579n;
const Q = (P - 1n) / 2n;
const SIZE = 32;

/** Squares modulo P under powers stand for points of a curve under multiples; a seed for chance. */
export function toyCryptography(seed: number): Cryptography {
  const stream = streamOf(seed, "toy");
  const randomBytes = (count: number) =>
    Uint8Array.from({ length: count }, () => stream.next() & 255);
  return {
    randomBytes,
    keyedBytes: toyKeyedBytes,
    createBlinding: (given) => {
      const secret = given ?? randomBytes(SIZE);
      const exponent = 1n + (numberOf(secret) % (Q - 1n));
      const blind = (elements: readonly bigint[]) => {
        const bytes = new Uint8Array(elements.length * SIZE);
        elements.forEach((x, i) => bytes.set(bytesOf(power(x, exponent)), i * SIZE));
        return bytes;
      };
      return {
        secret,
        blindValues: (values) => blind(values.map((value) => numberOf(toyPoint(value)))),
        blindPoints: (points) =>
          blind(
            Array.from({ length: points.length / SIZE }, (_, i) => {
              const x = numberOf(points.subarray(i * SIZE, (i + 1) * SIZE));
              if (x === 0n || x >= P || power(x, Q) !== 1n)
                throw new AtollError("CURVE_POINT", `number ${i} is no square modulo P`);
              return x;
            }),
          ),
      };
    },
  };
}

/** SHA-256 of secret, counter and label, counter after counter. */
function toyKeyedBytes(secret: Uint8Array, label: string): (count: number) => Uint8Array {
  let block = new Uint8Array(0);
  let counter = 0;
  let at = 0;
  return (count) =>
    Uint8Array.from({ length: count }, () => {
      if (at === block.length) {
        block = sha256(Uint8Array.of(...secret, ...utf8ToBytes(`${counter++}/${label}`)));
        at = 0;
      }
      return block[at++]!;
    });
}

/** What a value is before any secret. */
export function toyPoint(value: string): Uint8Array {
  return bytesOf(power(numberOf(sha256(utf8ToBytes(value))) % P, 2n));
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function bytesOf(x: bigint): Uint8Array {
  return Uint8Array.from({ length: SIZE }, (_, i) =>
    Number((x >> BigInt(8 * (SIZE - 1 - i))) & 255n),
  );
}
