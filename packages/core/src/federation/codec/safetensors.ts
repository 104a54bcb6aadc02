import { AtollError } from "../../errors/index.ts";
import type { StoredMessage } from "../connection.ts";
import type { WireArray } from "../types.ts";
import { canonicalJson } from "./canonical-json.ts";

/*
 * The public safetensors layout: a little-endian 64-bit header length, a JSON header with type, shape
 * and byte range of every array and a string map `__metadata__`, then the bytes. Any tool that reads
 * safetensors opens a captured message or a checkpoint. Machines are taken to be little-endian, as
 * every machine that Node runs on in practice is.
 */

/** Named arrays with a string map beside them. */
export interface Container {
  readonly arrays: Readonly<Record<string, WireArray>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const MALFORMED = "MESSAGE_MALFORMED";
const METADATA = "__metadata__";
const FORBIDDEN = new Set([METADATA, "__proto__", "constructor", "prototype"]);

const types = {
  F64: { bytes: 8, is: (data: unknown) => data instanceof Float64Array, make: Float64Array },
  F32: { bytes: 4, is: (data: unknown) => data instanceof Float32Array, make: Float32Array },
  I32: { bytes: 4, is: (data: unknown) => data instanceof Int32Array, make: Int32Array },
  U8: { bytes: 1, is: (data: unknown) => data instanceof Uint8Array, make: Uint8Array },
} as const;

export type TypeName = keyof typeof types;

function typeOf(name: string, array: WireArray): TypeName {
  for (const type of Object.keys(types) as TypeName[]) if (types[type].is(array.data)) return type;
  throw new AtollError(
    MALFORMED,
    `array "${name}" is no Float64Array, Float32Array, Int32Array or Uint8Array`,
  );
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Equal containers give equal bytes: arrays are laid out by element size, then name. */
export function encodeContainer(container: Container): Uint8Array {
  const pieces = containerPieces(container);
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/**
 * The same bytes in pieces, without a copy: the header, then windows on the arrays themselves, to be
 * written out before anybody changes them.
 */
export function containerPieces({ arrays, metadata }: Container): Uint8Array[] {
  const entries = Object.entries(arrays).map(([name, array]) => {
    const type = typeOf(name, array);
    if (FORBIDDEN.has(name)) throw new AtollError(MALFORMED, `"${name}" cannot name an array`);
    if (sizeOf(array.shape) !== array.data.length)
      throw new AtollError(
        MALFORMED,
        `array "${name}" has ${array.data.length} elements, but shape [${array.shape.join(", ")}]`,
      );
    return { name, type, array };
  });
  entries.sort((a, b) => types[b.type].bytes - types[a.type].bytes || (a.name < b.name ? -1 : 1));
  const header: Record<string, unknown> = { [METADATA]: metadata };
  let end = 0;
  for (const { name, type, array } of entries) {
    header[name] = {
      dtype: type,
      shape: array.shape,
      data_offsets: [end, (end += array.data.byteLength)],
    };
  }
  const text = new TextEncoder().encode(canonicalJson(header));
  // Spaces end the header, as the format allows, so that the arrays begin 8-byte aligned.
  const headerLength = Math.ceil(text.length / 8) * 8;
  const head = new Uint8Array(8 + headerLength).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(headerLength), true);
  head.set(text, 8);
  const windows = entries.map(
    ({ array: { data } }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  return [head, ...windows];
}

function check(holds: boolean, problem: () => string): asserts holds {
  if (!holds)
    throw new AtollError(MALFORMED, `${problem()}; the sender is broken or the bytes were damaged`);
}

/** What is refused before it is read. A header is parsed as JSON, which takes many times its bytes of memory. */
export interface Limits {
  readonly maxBytes: number;
  readonly maxHeaderBytes: number;
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Reads a container. Strict: byte ranges must follow one another without gap or overlap to the very
 * end. Nothing is allocated beyond the header; arrays are views on `bytes` where alignment allows.
 */
export function decodeContainer(bytes: Uint8Array, limits: Limits): Container {
  const stored = {
    length: bytes.length,
    read: (from: number, to: number) => bytes.subarray(from, to),
  };
  return read(stored, limits, (entry, start, end) => ({
    shape: entry.shape,
    data: viewOf(bytes.subarray(start, end), entry.type),
  }));
}

/** An array whose numbers are read anew at each look at its data. */
export interface LazyArray extends WireArray {
  readonly sizeInBytes: number;
  readonly type: TypeName;
}

/** The same of bytes that lie elsewhere: only the header is read at once. */
export function openContainer(stored: StoredMessage, limits: Limits): Container {
  return read(stored, limits, ({ shape, type }, start, end): LazyArray => ({
    shape,
    sizeInBytes: end - start,
    type,
    get data() {
      return viewOf(stored.read(start, end), type);
    },
  }));
}

/** Bytes of an array's numbers; nothing is read for it. */
export function sizeInBytes(array: WireArray | LazyArray): number {
  return "sizeInBytes" in array ? array.sizeInBytes : array.data.byteLength;
}

/** The element type of an array, by its name in the format; nothing is read for it. */
export function elementType(array: WireArray | LazyArray): TypeName {
  return "type" in array ? array.type : typeOf("", array);
}

interface Entry {
  readonly type: TypeName;
  readonly shape: readonly number[];
}

function read(
  stored: StoredMessage,
  { maxBytes, maxHeaderBytes }: Limits,
  arrayOf: (entry: Entry, start: number, end: number) => WireArray,
): Container {
  const { length } = stored;
  check(length <= maxBytes, () => `${length} bytes are more than the limit of ${maxBytes}`);
  check(length >= 8, () => `${length} bytes are too few for a header length`);
  const first = stored.read(0, 8);
  const headerLength = Number(
    new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true),
  );
  check(headerLength <= length - 8, () => `a header of ${headerLength} bytes in ${length} bytes`);
  if (headerLength > maxHeaderBytes)
    throw new AtollError(
      MALFORMED,
      `a header of ${headerLength} bytes is above the limit of ${maxHeaderBytes}: it holds what is no array, such as the values of shared features; share features with fewer values, or hash them`,
    );
  const from = 8 + headerLength;
  const size = length - from;
  const header = parseHeader(stored.read(8, from));
  const arrays: Record<string, WireArray> = {};
  let metadata: Record<string, string> = {};
  const ranges: [start: number, end: number][] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) {
      metadata = stringMap(entry);
      continue;
    }
    check(!FORBIDDEN.has(name), () => `"${name}" cannot name an array`);
    const { type, shape, start, end } = parseEntry(name, entry);
    check(end <= size, () => `array "${name}" ends at byte ${end} of ${size}`);
    ranges.push([start, end]);
    arrays[name] = arrayOf({ type, shape }, from + start, from + end);
  }
  ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let at = 0;
  for (const [start, end] of ranges) {
    check(start === at, () => `an array begins at byte ${start}, the one before ends at ${at}`);
    at = end;
  }
  check(at === size, () => `${size - at} bytes follow the last array`);
  return { arrays, metadata };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof header === "object" && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>;
  } catch {
    // Reported below, like a header that is JSON but no object.
  }
  throw new AtollError(
    MALFORMED,
    "the header is no JSON object; the sender is broken or the bytes were damaged",
  );
}

function stringMap(entry: unknown): Record<string, string> {
  check(
    typeof entry === "object" &&
      entry !== null &&
      Object.values(entry).every((value) => typeof value === "string"),
    () => "__metadata__ is no map of strings",
  );
  return entry as Record<string, string>;
}

function parseEntry(name: string, entry: unknown) {
  check(typeof entry === "object" && entry !== null, () => `array "${name}" has no description`);
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  check(
    typeof dtype === "string" && Object.hasOwn(types, dtype),
    () => `array "${name}" has type ${JSON.stringify(dtype)}`,
  );
  check(
    Array.isArray(shape) && shape.every(isCount),
    () => `array "${name}" has shape ${JSON.stringify(shape)}`,
  );
  check(
    Array.isArray(offsets) && offsets.length === 2 && offsets.every(isCount),
    () => `array "${name}" has byte range ${JSON.stringify(offsets)}`,
  );
  const [start, end] = offsets as [number, number];
  const type = dtype as TypeName;
  check(
    sizeOf(shape) * types[type].bytes === end - start,
    () =>
      `array "${name}" of shape [${shape.join(", ")}] and type ${type} has ${end - start} bytes`,
  );
  return { type, shape, start, end };
}

function viewOf(bytes: Uint8Array, type: TypeName): WireArray["data"] {
  const { bytes: size, make } = types[type];
  // A carrier may hand over bytes at any offset; only then is a copy needed. A Buffer's own slice would be none.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new make(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / size);
}
