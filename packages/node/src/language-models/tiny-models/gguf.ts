/** Metadata of a GGUF file; an integer is a uint32, a list has one kind of entry. */
export type GgufValue =
  | { readonly kind: "uint32" | "float32"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "float32s" | "int32s"; readonly value: readonly number[] };

export interface GgufTensor {
  readonly name: string;
  /** Fastest-changing dimension first, the reverse of a row-major shape. */
  readonly dimensions: readonly number[];
  readonly data: Float32Array;
}

export interface GgufFile {
  readonly metadata: Readonly<Record<string, GgufValue>>;
  readonly tensors: readonly GgufTensor[];
}

/** Version 3; data start at multiples of the default of general.alignment. */
const VERSION = 3;
const ALIGNMENT = 32;
/** ggml_type. */
const F32 = 0;
/** gguf_metadata_value_type. */
const TYPES = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;

/**
 * The bytes of a GGUF file: header, metadata, tensors' names and places, tensors; little-endian throughout.
 * Equal files give equal bytes. Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export function writeGguf({ metadata, tensors }: GgufFile): Uint8Array {
  const writer = byteWriter();
  writer.raw(new TextEncoder().encode("GGUF"));
  writer.uint32(VERSION);
  writer.uint64(tensors.length);
  writer.uint64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    writer.text(key);
    writeValue(writer, value);
  }
  let offset = 0;
  for (const { name, dimensions, data } of tensors) {
    checkSize(name, { dimensions, size: data.length });
    writer.text(name);
    writer.uint32(dimensions.length);
    for (const size of dimensions) writer.uint64(size);
    writer.uint32(F32);
    writer.uint64(offset);
    offset += padded(data.byteLength);
  }
  writer.pad(ALIGNMENT);
  for (const { data } of tensors) {
    for (const value of data) writer.float32(value);
    writer.pad(ALIGNMENT);
  }
  return writer.bytes();
}

function writeValue(writer: ByteWriter, { kind, value }: GgufValue): void {
  switch (kind) {
    case "uint32":
    case "float32":
      writer.uint32(TYPES[kind]);
      return writer[kind](value);
    case "bool":
      writer.uint32(TYPES.bool);
      return writer.raw([value ? 1 : 0]);
    case "string":
      writer.uint32(TYPES.string);
      return writer.text(value);
    case "strings":
      startArray(writer, { type: TYPES.string, length: value.length });
      for (const entry of value) writer.text(entry);
      return;
    case "float32s":
      startArray(writer, { type: TYPES.float32, length: value.length });
      for (const entry of value) writer.float32(entry);
      return;
    case "int32s":
      startArray(writer, { type: TYPES.int32, length: value.length });
      for (const entry of value) writer.uint32(entry);
      return;
  }
}

function startArray(
  writer: ByteWriter,
  { type, length }: { readonly type: number; readonly length: number },
): void {
  writer.uint32(TYPES.array);
  writer.uint32(type);
  writer.uint64(length);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function checkSize(
  name: string,
  { dimensions, size }: { readonly dimensions: readonly number[]; readonly size: number },
): void {
  if (dimensions.reduce((product, dimension) => product * dimension, 1) !== size)
    throw new RangeError(`tensor ${name}: ${size} values do not fill [${dimensions.join()}]`);
}

type ByteWriter = ReturnType<typeof byteWriter>;

function byteWriter() {
  let view = new DataView(new ArrayBuffer(1 << 16));
  let length = 0;
  /** Where `size` more bytes go. */
  const claim = (size: number): number => {
    const start = length;
    length += size;
    if (length > view.byteLength) {
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(length)));
      larger.set(new Uint8Array(view.buffer));
      view = new DataView(larger.buffer);
    }
    return start;
  };
  const raw = (bytes: ArrayLike<number>): void => {
    const start = claim(bytes.length);
    new Uint8Array(view.buffer).set(bytes, start);
  };
  const uint64 = (value: number): void => {
    const start = claim(8);
    view.setBigUint64(start, BigInt(value), true);
  };
  return {
    raw,
    uint64,
    /** Negative numbers as their two's complement. */
    uint32(value: number): void {
      const start = claim(4);
      view.setUint32(start, value, true);
    },
    float32(value: number): void {
      const start = claim(4);
      view.setFloat32(start, value, true);
    },
    text(value: string): void {
      const bytes = new TextEncoder().encode(value);
      uint64(bytes.length);
      raw(bytes);
    },
    pad(multiple: number): void {
      claim((multiple - (length % multiple)) % multiple);
    },
    bytes: () => new Uint8Array(view.buffer, 0, length),
  };
}
