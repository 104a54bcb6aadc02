import fc from "fast-check";
import type { Message } from "../types.ts";
import { encodeMessage } from "./message.ts";

const array = fc.oneof(
  fc.float32Array({ maxLength: 9 }),
  fc.float64Array({ maxLength: 9 }),
  fc.int32Array({ maxLength: 9 }),
  fc.uint8Array({ maxLength: 9 }),
);
const name = fc
  .string({ unit: "grapheme", minLength: 1 })
  .filter(
    (text) =>
      text.isWellFormed() &&
      !["__metadata__", "__proto__", "constructor", "prototype"].includes(text),
  );

/** Any message. */
export const anyMessage: fc.Arbitrary<Message> = fc.record({
  kind: name,
  stage: name,
  round: fc.nat(1e6),
  arrays: fc
    .dictionary(name, array, { maxKeys: 5, noNullPrototype: true })
    .map((arrays) =>
      Object.fromEntries(
        Object.entries(arrays).map(([key, data]) => [key, { shape: [data.length], data }]),
      ),
    ),
  metadata: fc.dictionary(name, fc.oneof(fc.integer(), fc.boolean(), name), {
    noNullPrototype: true,
  }),
});

export const golden: Message = {
  kind: "update",
  stage: "train",
  round: 3,
  arrays: {
    w: { shape: [1, 2], data: Float32Array.of(1.5, -2) },
    n: { shape: [1], data: Float64Array.of(0.1) },
  },
  metadata: { rows: 7 },
};

/** A header as it is, and so many bytes behind it. */
function withHeader(header: object, data = 4): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

const f32 = (start: number, end: number, shape = [(end - start) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [start, end],
});

/** Headers that lie, and what about. */
export const lyingHeaders: readonly (readonly [string, Uint8Array])[] = [
  ["overlapping ranges", withHeader({ a: f32(0, 4), b: f32(0, 4) }, 12)],
  ["a gap", withHeader({ a: f32(0, 4), b: f32(8, 12) }, 12)],
  ["a shape that does not fit", withHeader({ a: f32(0, 4, [2]) })],
  ["a shape whose product overflows", withHeader({ a: f32(0, 4, [2 ** 40, 2 ** 40]) })],
  ["a negative length", withHeader({ a: f32(0, 4, [-1]) })],
  ["an unknown type", withHeader({ a: { dtype: "F16", shape: [2], data_offsets: [0, 4] } })],
  [
    "a forbidden name",
    withHeader(
      JSON.parse('{"constructor":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}') as object,
    ),
  ],
  ["metadata that is no map of strings", withHeader({ __metadata__: { a: 1 }, a: f32(0, 4) })],
  ["a header that is a list", withHeader([])],
];

/** A header that claims 2^62 bytes, in 16. */
export function largeClaim(): Uint8Array {
  const claim = new Uint8Array(16);
  new DataView(claim.buffer).setBigUint64(0, 2n ** 62n, true);
  return claim;
}

/** A message whose header has so many bytes: `text`, in its metadata, fills it. */
export function messageWithHeader(headerBytes: number): Uint8Array {
  const sized = (length: number) =>
    encodeMessage({ ...golden, arrays: {}, metadata: { text: "x".repeat(length) } });
  return sized(headerBytes - (sized(0).length - 8));
}

/** The golden message with up to four bytes replaced. */
export const anyDamage: fc.Arbitrary<Uint8Array> = fc
  .array(fc.tuple(fc.nat(encodeMessage(golden).length - 1), fc.nat(255)), {
    minLength: 1,
    maxLength: 4,
  })
  .map((edits) => {
    const damaged = encodeMessage(golden);
    for (const [at, value] of edits) damaged[at] = value;
    return damaged;
  });
