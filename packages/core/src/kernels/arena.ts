import { AtollError } from "../errors/index.ts";
import type { Kernels } from "./kernels.ts";
import { KERNELS } from "./wasm.ts";

/** Arrays begin at cache lines. */
const ALIGNMENT = 64;
const PAGE = 65_536;
const MAX_PAGES = 65_536;

/**
 * Memory that kernels work in: what a model in training needs many times, made once. Arrays live as long
 * as somebody holds one of them; none is freed alone. Four GiB at most, the reach of WebAssembly.
 */
export interface Arena {
  readonly kernels: Kernels;
  /** An array of zeros. Throws ARENA_FULL. */
  readonly float32: (length: number) => Float32Array;
  /** An array of zeros. Throws ARENA_FULL. */
  readonly float64: (length: number) => Float64Array;
  /** An array of zeros. Throws ARENA_FULL. */
  readonly int32: (length: number) => Int32Array;
  /** Where an array of this arena, or a window on one, begins, in bytes. RangeError for any other. */
  readonly address: (array: Float32Array | Float64Array | Int32Array) => number;
}

let compiled: WebAssembly.Module | undefined;

/**
 * A fresh arena. Its memory is shared memory, which grows without moving: arrays made before stay valid,
 * and other threads may read them.
 */
export function createArena(): Arena {
  compiled ??= new WebAssembly.Module(
    Uint8Array.from(atob(KERNELS), (character) => character.charCodeAt(0)),
  );
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const buffers = new WeakSet<ArrayBufferLike>();
  // Address 0 stays unused: no array begins where a forgotten address would point.
  let end = ALIGNMENT;

  const reserve = (length: number, bytesEach = 4): number => {
    const start = end;
    const next = Math.ceil((start + length * bytesEach) / ALIGNMENT) * ALIGNMENT;
    const missing = Math.ceil(next / PAGE) - memory.buffer.byteLength / PAGE;
    if (missing > 0) grow(memory, missing, length);
    end = next;
    buffers.add(memory.buffer);
    return start;
  };

  return {
    kernels: exports as unknown as Kernels,
    float32: (length) => {
      const start = reserve(length);
      return new Float32Array(memory.buffer, start, length);
    },
    float64: (length) => {
      const start = reserve(length, Float64Array.BYTES_PER_ELEMENT);
      return new Float64Array(memory.buffer, start, length);
    },
    int32: (length) => {
      const start = reserve(length);
      return new Int32Array(memory.buffer, start, length);
    },
    address: (array) => {
      if (!buffers.has(array.buffer))
        throw new RangeError(
          `an array of ${array.length} entries lies outside of the arena; make it with arena.float32, arena.float64 or arena.int32`,
        );
      return array.byteOffset;
    },
  };
}

function grow(memory: WebAssembly.Memory, pages: number, length: number): void {
  const held = memory.buffer.byteLength / PAGE;
  const gibibytes = (count: number) => ((count * PAGE) / 2 ** 30).toFixed(2);
  try {
    if (held + pages > MAX_PAGES) throw new RangeError("more than WebAssembly can address");
    memory.grow(pages);
  } catch (cause) {
    throw new AtollError(
      "ARENA_FULL",
      `an array of ${length} numbers does not fit: the model would need ${gibibytes(held + pages)} GiB of at most ` +
        `${gibibytes(MAX_PAGES)} GiB; lower the embedding width, raise data.vocabulary.minCount, or choose the table ` +
        `optimiser rowwise-adagrad, which keeps one number a row`,
      { cause },
    );
  }
}
