import { AtollError } from "@atoll/core/errors";
import { canonicalJson } from "@atoll/core/federation";
import { MAX_FRAME_BYTES } from "./carrier.ts";

/*
 * A frame: "ATL1", the header's length (32 bits, little-endian), the header (canonical JSON in UTF-8), the body.
 */

export const MAX_HEADER_BYTES = 2 ** 18;
/** Lists and objects of a header lie within each other at most so deep. */
const MAX_DEPTH = 32;
const MAGIC = Uint8Array.of(0x41, 0x54, 0x4c, 0x31);
const START_BYTES = 8;

export type Header = Readonly<Record<string, unknown>>;

export interface Frame {
  readonly header: Header;
  /** A view of the frame's own bytes. */
  readonly body: Uint8Array;
}

export function encodeFrame(header: Header, body: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(canonicalJson(header));
  checkSizes(text.length, START_BYTES + text.length + body.length);
  const frame = new Uint8Array(START_BYTES + text.length + body.length);
  frame.set(MAGIC);
  new DataView(frame.buffer).setUint32(4, text.length, true);
  frame.set(text, START_BYTES);
  frame.set(body, START_BYTES + text.length);
  return frame;
}

/** FRAME_MALFORMED for everything that `encodeFrame` does not make. */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length < START_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte))
    throw malformed(`${bytes.length} bytes do not begin with ATL1 and a length`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  checkSizes(length, bytes.length);
  if (START_BYTES + length > bytes.length)
    throw malformed(`a header of ${length} bytes does not fit into ${bytes.length} bytes`);
  return {
    header: headerOf(bytes.subarray(START_BYTES, START_BYTES + length)),
    body: bytes.subarray(START_BYTES + length),
  };
}

function headerOf(bytes: Uint8Array): Header {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    throw malformed("the header is no JSON in UTF-8");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header))
    throw malformed("the header is no JSON object");
  if (isDeeper(header, MAX_DEPTH)) throw malformed(`the header has more than ${MAX_DEPTH} levels`);
  // One header has one text: what is signed cannot be written in another way.
  if (canonicalJson(header) !== text) throw malformed("the header is not in canonical form");
  return header as Header;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}

function checkSizes(headerBytes: number, frameBytes: number): void {
  if (headerBytes > MAX_HEADER_BYTES)
    throw malformed(`the header has ${headerBytes} bytes of at most ${MAX_HEADER_BYTES}`);
  if (frameBytes > MAX_FRAME_BYTES)
    throw malformed(`a frame has ${frameBytes} bytes of at most ${MAX_FRAME_BYTES}`);
}

const malformed = (problem: string) =>
  new AtollError(
    "FRAME_MALFORMED",
    `${problem}; send frames as this software makes them, and check what lies between client and server`,
  );
