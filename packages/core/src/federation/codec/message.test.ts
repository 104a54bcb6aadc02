import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AtollError } from "../../errors/index.ts";
import type { Message } from "../types.ts";
import { canonicalJson } from "./canonical-json.ts";
import { decodeMessage, encodeMessage, encodeState, statePieces } from "./message.ts";
import { decodeContainer, encodeContainer } from "./safetensors.ts";

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
const message: fc.Arbitrary<Message> = fc.record({
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

const golden: Message = {
  kind: "update",
  stage: "train",
  round: 3,
  arrays: {
    w: { shape: [1, 2], data: Float32Array.of(1.5, -2) },
    n: { shape: [1], data: Float64Array.of(0.1) },
  },
  metadata: { rows: 7 },
};

describe("a message", () => {
  test("comes back as it went, whatever it holds", () => {
    fc.assert(
      fc.property(message, (given) => {
        expect(decodeMessage(encodeMessage(given))).toEqual(given);
      }),
    );
  });

  test("has one form in bytes: the order of names does not matter", () => {
    const { w, n } = golden.arrays;
    expect(encodeMessage({ ...golden, arrays: { n: n!, w: w! } })).toEqual(encodeMessage(golden));
  });

  test("is a safetensors file: length, JSON header padded to 8 bytes, wide elements first", () => {
    const bytes = encodeMessage(golden);
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    expect(length % 8).toBe(0);
    expect(header.trimEnd()).toMatchInlineSnapshot(
      `"{"__metadata__":{"kind":"update","metadata":"{\\"rows\\":7}","round":"3","stage":"train"},"n":{"data_offsets":[0,8],"dtype":"F64","shape":[1]},"w":{"data_offsets":[8,16],"dtype":"F32","shape":[1,2]}}"`,
    );
    expect(bytes.length).toBe(8 + length + 16);
  });

  test("comes in pieces without a copy, which joined are the same bytes", () => {
    const state = { arrays: golden.arrays, metadata: { rows: 7 } };
    const pieces = statePieces(state);
    expect(Uint8Array.from(pieces.flatMap((piece) => [...piece]))).toEqual(encodeState(state));
    expect(pieces.slice(1).map((piece) => piece.buffer)).toEqual([
      golden.arrays["n"]!.data.buffer,
      golden.arrays["w"]!.data.buffer,
    ]);
  });

  test("is read from any offset in a larger buffer, aligned or not", () => {
    const bytes = encodeMessage(golden);
    for (let shift = 0; shift < 9; shift++) {
      const larger = new Uint8Array(bytes.length + shift);
      larger.set(bytes, shift);
      expect(decodeMessage(larger.subarray(shift))).toEqual(golden);
    }
  });
});

describe("damaged bytes are an error, never a crash and never a wrong message taken for whole", () => {
  const bytes = encodeMessage(golden);

  test("cut off anywhere", () => {
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeMessage(bytes.slice(0, length))).toThrow(AtollError);
  });

  test("with bytes behind the end", () => {
    expect(() => decodeMessage(Uint8Array.of(...bytes, 0))).toThrow(
      /1 bytes follow the last array/,
    );
  });

  test("with any bytes replaced, decoding ends in a message or in an AtollError", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (edits) => {
          const damaged = bytes.slice();
          for (const [at, value] of edits) damaged[at] = value;
          try {
            decodeMessage(damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(AtollError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("a header that claims more bytes than there are is refused before anything is allocated", () => {
    const claim = new Uint8Array(16);
    new DataView(claim.buffer).setBigUint64(0, 2n ** 62n, true);
    expect(() => decodeMessage(claim)).toThrow(/a header of .* bytes in 16 bytes/);
  });

  test("more bytes than the limit are refused", () => {
    expect(() => decodeMessage(bytes, bytes.length - 1)).toThrow(/more than the limit/);
    expect(decodeMessage(bytes, bytes.length)).toEqual(golden);
  });

  const withHeader = (header: object, data = 4) => {
    const text = new TextEncoder().encode(JSON.stringify(header));
    const file = new Uint8Array(8 + text.length + data);
    new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
    file.set(text, 8);
    return file;
  };
  const f32 = (start: number, end: number, shape = [(end - start) / 4]) => ({
    dtype: "F32",
    shape,
    data_offsets: [start, end],
  });
  test.each([
    ["overlapping ranges", { a: f32(0, 4), b: f32(0, 4) }],
    ["a gap", { a: f32(0, 4), b: f32(8, 12) }],
    ["a shape that does not fit", { a: f32(0, 4, [2]) }],
    ["a shape whose product overflows", { a: f32(0, 4, [2 ** 40, 2 ** 40]) }],
    ["a negative length", { a: f32(0, 4, [-1]) }],
    ["an unknown type", { a: { dtype: "F16", shape: [2], data_offsets: [0, 4] } }],
    [
      "a forbidden name",
      JSON.parse('{"constructor":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}') as object,
    ],
    ["metadata that is no map of strings", { __metadata__: { a: 1 }, a: f32(0, 4) }],
    ["a header that is a list", []],
  ])("%s", (_, header) => {
    expect(() =>
      decodeContainer(withHeader(header, "b" in header && "a" in header ? 12 : 4), 1000),
    ).toThrow(AtollError);
  });

  test("an array whose shape and length differ cannot be sent", () => {
    expect(() =>
      encodeContainer({ arrays: { a: { shape: [3], data: Float32Array.of(1) } }, metadata: {} }),
    ).toThrow('array "a" has 1 elements, but shape [3]');
  });
});

test("canonical JSON sorts keys at every depth", () => {
  expect(canonicalJson({ b: [{ z: 1, y: 2 }], a: null })).toBe('{"a":null,"b":[{"y":2,"z":1}]}');
});
