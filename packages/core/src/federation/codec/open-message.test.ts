import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AtollError } from "../../errors/index.ts";
import type { StoredMessage } from "../connection.ts";
import type { Message } from "../types.ts";
import {
  anyDamage,
  anyMessage,
  golden,
  largeClaim,
  lyingHeaders,
  messageWithHeader,
} from "./message.fixture.ts";
import {
  decodeMessage,
  encodeMessage,
  MAX_HEADER_BYTES,
  MAX_MESSAGE_BYTES,
  openMessage,
} from "./message.ts";
import { sizeInBytes } from "./safetensors.ts";

/** Bytes that lie elsewhere, and what was read of them. `shift`: windows begin anywhere in a buffer. */
function stored(bytes: Uint8Array, shift = 0) {
  const reads: (readonly [from: number, to: number])[] = [];
  const message: StoredMessage = {
    length: bytes.length,
    read: (from, to) => {
      reads.push([from, to]);
      const window = new Uint8Array(to - from + shift);
      window.set(bytes.subarray(from, to), shift);
      return window.subarray(shift);
    },
  };
  return { message, reads };
}

/** The message itself, or what is wrong with it, as code and sentence. */
function outcomeOf(decode: () => Message) {
  try {
    const { arrays, ...rest } = decode();
    const data = Object.entries(arrays).map(([name, array]) => [name, array.shape, array.data]);
    return { ...rest, arrays: data };
  } catch (error) {
    if (!(error instanceof AtollError)) throw error;
    return { code: error.code, message: error.message };
  }
}

const headerLength = (bytes: Uint8Array) =>
  8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));

describe("a message that lies elsewhere", () => {
  test("is the message that its bytes decode to, wherever a read lands in memory", () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(8), (given, shift) => {
        const bytes = encodeMessage(given);
        const opened = openMessage(stored(bytes, shift).message);
        expect({ ...opened, arrays: arraysOf(opened) }).toEqual(decodeMessage(bytes));
      }),
    );
  });

  test("is opened by two reads, of the header's length and of the header", () => {
    const bytes = encodeMessage(golden);
    const { message, reads } = stored(bytes);
    const opened = openMessage(message);
    expect(opened).toMatchObject({
      kind: "update",
      stage: "train",
      round: 3,
      metadata: { rows: 7 },
    });
    expect(Object.keys(opened.arrays).sort()).toEqual(["n", "w"]);
    expect(opened.arrays["w"]!.shape).toEqual([1, 2]);
    expect(reads).toEqual([
      [0, 8],
      [8, headerLength(bytes)],
    ]);
  });

  test("knows the sizes of its arrays without a read", () => {
    const { message, reads } = stored(encodeMessage(golden));
    const { arrays } = openMessage(message);
    expect([sizeInBytes(arrays["n"]!), sizeInBytes(arrays["w"]!)]).toEqual([8, 8]);
    expect(reads).toHaveLength(2);
    const decoded = decodeMessage(encodeMessage(golden)).arrays;
    expect([sizeInBytes(decoded["n"]!), sizeInBytes(decoded["w"]!)]).toEqual([8, 8]);
  });

  test("each look at an array reads its bytes alone, and keeps nothing of them", () => {
    const bytes = encodeMessage(golden);
    const { message, reads } = stored(bytes);
    const { arrays } = openMessage(message);
    const from = headerLength(bytes);
    expect(arrays["w"]!.data).toEqual(Float32Array.of(1.5, -2));
    expect(reads.slice(2)).toEqual([[from + 8, from + 16]]);
    const [one, other] = [arrays["n"]!.data, arrays["n"]!.data];
    expect(reads.slice(3)).toEqual([
      [from, from + 8],
      [from, from + 8],
    ]);
    expect(one).toEqual(other);
    expect(one.buffer).not.toBe(other.buffer);
  });
});

describe("damaged bytes are the same error as if they were all here", () => {
  const bytes = encodeMessage(golden);
  const same = (damaged: Uint8Array, maxBytes = MAX_MESSAGE_BYTES) => {
    const expected = outcomeOf(() => decodeMessage(damaged, maxBytes));
    expect(outcomeOf(() => openMessage(stored(damaged).message, maxBytes))).toEqual(expected);
    return expected;
  };
  const refused = expect.objectContaining({ code: "MESSAGE_MALFORMED" }) as unknown;

  test("cut off anywhere", () => {
    for (let length = 0; length < bytes.length; length++)
      expect(same(bytes.slice(0, length))).toEqual(refused);
  });

  test("with bytes behind the end", () => {
    expect(same(Uint8Array.of(...bytes, 0))).toEqual(refused);
  });

  test("with any bytes replaced", () => {
    fc.assert(
      fc.property(anyDamage, (damaged) => void same(damaged)),
      { numRuns: 2000 },
    );
  });

  test("with a header that claims more bytes than there are, which nobody tries to read", () => {
    expect(same(largeClaim())).toEqual(refused);
    const { message, reads } = stored(largeClaim());
    expect(() => openMessage(message)).toThrow(/a header of .* bytes in 16 bytes/);
    expect(reads).toEqual([[0, 8]]);
  });

  test("beyond the limit, of which nothing is read", () => {
    expect(same(bytes, bytes.length - 1)).toEqual(refused);
    expect(same(bytes, bytes.length)).toMatchObject({ kind: "update" });
    const { message, reads } = stored(bytes);
    expect(() => openMessage(message, bytes.length - 1)).toThrow(/more than the limit/);
    expect(reads).toEqual([]);
  });

  test("with a header beyond its limit, of which nothing is read", () => {
    const most = messageWithHeader(MAX_HEADER_BYTES);
    expect(headerLength(most)).toBe(8 + MAX_HEADER_BYTES);
    expect(decodeMessage(most).kind).toBe("update");
    expect(openMessage(stored(most).message).kind).toBe("update");
    const over = messageWithHeader(MAX_HEADER_BYTES + 8);
    expect(same(over)).toEqual({
      code: "MESSAGE_MALFORMED",
      message:
        "a header of 16777224 bytes is above the limit of 16777216: it holds what is no array, such as the values of shared features; share features with fewer values, or hash them",
    });
    const { message, reads } = stored(over);
    expect(() => openMessage(message)).toThrow(AtollError);
    expect(reads).toEqual([[0, 8]]);
  });

  test.each(lyingHeaders)("%s", (_, lying) => {
    expect(same(lying)).toEqual(refused);
  });
});

function arraysOf({ arrays }: Message): Message["arrays"] {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => [name, { shape, data }]),
  );
}

test("bytes in a Buffer that begin anywhere are decoded, although a Buffer's slice is no copy", () => {
  const message: Message = {
    kind: "update",
    stage: "train",
    round: 1,
    arrays: { w: { shape: [2], data: Float64Array.of(0.5, -2) } },
    metadata: {},
  };
  const shifted = Buffer.concat([Buffer.alloc(1), encodeMessage(message)]).subarray(1);
  expect(decodeMessage(shifted)).toEqual(message);
  const read = (from: number, to: number) => shifted.subarray(from, to);
  expect(openMessage({ length: shifted.length, read }).arrays["w"]!.data).toEqual(
    message.arrays["w"]!.data,
  );
});
