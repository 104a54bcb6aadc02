import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_FRAME_BYTES } from "./carrier.ts";
import { decodeFrame, encodeFrame, MAX_HEADER_BYTES } from "./frame.ts";

const malformed = (message: string) =>
  expect.objectContaining({ code: "FRAME_MALFORMED", message: expect.stringContaining(message) });

/** A frame with this text as its header. */
function framed(text: string | Uint8Array, length?: number): Uint8Array {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const frame = new Uint8Array(8 + bytes.length);
  frame.set(new TextEncoder().encode("ATL1"));
  new DataView(frame.buffer).setUint32(4, length ?? bytes.length, true);
  frame.set(bytes, 8);
  return frame;
}

test("a frame is ATL1, the header's length, the header with sorted keys, the body", () => {
  const frame = encodeFrame({ b: 1, a: "é" }, Uint8Array.of(255, 0));
  expect(Buffer.from(frame).toString("latin1")).toBe(
    `ATL1\u0010\0\0\0${Buffer.from('{"a":"é","b":1}').toString("latin1")}\u00ff\0`,
  );
});

test("what was encoded is decoded, wherever it lies in memory", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })),
      fc.uint8Array({ maxLength: 200 }),
      (header, body) => {
        const frame = encodeFrame(header, body);
        const within = new Uint8Array(frame.length + 9);
        within.set(frame, 4);
        const decoded = decodeFrame(within.subarray(4, 4 + frame.length));
        expect(decoded.header).toEqual(JSON.parse(JSON.stringify(header)));
        expect([...decoded.body]).toEqual([...body]);
      },
    ),
    { numRuns: 200 },
  );
});

describe("everything else is FRAME_MALFORMED", () => {
  test.each([
    ["nothing", new Uint8Array(), "0 bytes do not begin"],
    ["another beginning", Uint8Array.from(Buffer.from("ATL2\0\0\0\0{}")), "do not begin"],
    ["a header that is cut off", framed("{}").subarray(0, 9), "does not fit"],
    ["a length beyond the end", framed("{}", 3), "does not fit"],
    ["a length of 4 GiB", framed("{}", 2 ** 32 - 1), `of at most ${MAX_HEADER_BYTES}`],
    ["no JSON", framed("{"), "no JSON"],
    ["an empty header", framed(""), "no JSON"],
    ["no UTF-8", framed(Uint8Array.of(0x22, 0xff, 0x22)), "no JSON in UTF-8"],
    ["a byte order mark", framed("\ufeff{}"), "no JSON"],
    ["a list", framed("[]"), "no JSON object"],
    ["null", framed("null"), "no JSON object"],
    ["keys out of order", framed('{"b":1,"a":2}'), "canonical"],
    ["a key twice", framed('{"a":1,"a":2}'), "canonical"],
    ["a space", framed('{"a": 1}'), "canonical"],
    ["a number in another form", framed('{"a":1.0}'), "canonical"],
    ["a number that is too large", framed('{"a":1e999}'), "canonical"],
    ["minus zero", framed('{"a":-0}'), "canonical"],
    ["too many levels", framed(`{"a":${"[".repeat(40)}${"]".repeat(40)}}`), "32 levels"],
    [
      "levels that would overflow the stack",
      framed(`{"a":${"[".repeat(120_000)}${"]".repeat(120_000)}}`),
      "32 levels",
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => decodeFrame(bytes)).toThrow(malformed(message));
  });

  test("a frame that is one byte too long, while one that just fits is taken", () => {
    const header = encodeFrame({ a: 1 }, new Uint8Array()).length;
    const most = new Uint8Array(MAX_FRAME_BYTES - header);
    expect(decodeFrame(encodeFrame({ a: 1 }, most)).body.length).toBe(most.length);
    const longer = new Uint8Array(most.length + 1);
    expect(() => encodeFrame({ a: 1 }, longer)).toThrow(malformed("of at most"));
    const tooLong = new Uint8Array(MAX_FRAME_BYTES + 1);
    tooLong.set(encodeFrame({ a: 1 }, most));
    expect(() => decodeFrame(tooLong)).toThrow(malformed("of at most"));
  });

  test("a header that is too long is not even encoded", () => {
    const header = { a: "x".repeat(MAX_HEADER_BYTES) };
    expect(() => encodeFrame(header, new Uint8Array())).toThrow(malformed("the header has"));
  });
});

test("the key __proto__ is a key like others", () => {
  const { header } = decodeFrame(framed('{"__proto__":{"a":1}}'));
  expect(Object.keys(header)).toEqual(["__proto__"]);
  expect(Object.getPrototypeOf(header)).toBe(Object.prototype);
});
