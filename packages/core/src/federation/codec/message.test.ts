import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AtollError } from "../../errors/index.ts";
import { canonicalJson } from "./canonical-json.ts";
import {
  decodeMessage,
  encodeMessage,
  encodeState,
  statePieces,
  decodeState,
  MAX_HEADER_BYTES,
} from "./message.ts";
import { anyDamage, anyMessage, golden, largeClaim, lyingHeaders } from "./message.fixture.ts";
import { decodeContainer, encodeContainer } from "./safetensors.ts";

describe("a message", () => {
  test("comes back as it went, whatever it holds", () => {
    fc.assert(
      fc.property(anyMessage, (given) => {
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
      fc.property(anyDamage, (damaged) => {
        try {
          decodeMessage(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(AtollError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a header that claims more bytes than there are is refused before anything is allocated", () => {
    expect(() => decodeMessage(largeClaim())).toThrow(/a header of .* bytes in 16 bytes/);
  });

  test("more bytes than the limit are refused", () => {
    expect(() => decodeMessage(bytes, bytes.length - 1)).toThrow(/more than the limit/);
    expect(decodeMessage(bytes, bytes.length)).toEqual(golden);
  });

  test.each(lyingHeaders)("%s", (_, lying) => {
    expect(() => decodeContainer(lying, { maxBytes: 1000, maxHeaderBytes: 1000 })).toThrow(
      AtollError,
    );
  });

  test("a state's header may be as large as it is", () => {
    const text = "x".repeat(MAX_HEADER_BYTES);
    expect(decodeState(encodeState({ arrays: {}, metadata: { text } })).metadata).toEqual({ text });
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
