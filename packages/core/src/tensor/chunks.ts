import type { ParameterLayout } from "./parameters.ts";
import type { TensorSpec } from "./types.ts";

/** Activations of so many bytes stay in a core's second cache beside what a product reads with them. */
const CACHED_BYTES = 2 ** 20;
const MAX_CHUNKS = 16;

/**
 * Into how many parts of equal size a batch is best cut, for one thread: wide activations of a large
 * batch leave the cache between two products, and the product of 4096 rows runs at three quarters of the
 * speed of that of 512 (docs/decisions/0008-chunks.md). A power of two that divides the batch.
 */
export function chunksFor({ views }: ParameterLayout, batchSize: number): number {
  const widest = Math.max(
    1,
    ...views.filter(({ shape }) => shape.length === 2).flatMap(({ shape }) => shape),
  );
  const rows = Math.floor(CACHED_BYTES / 4 / widest);
  let chunks = 1;
  while (chunks < MAX_CHUNKS && batchSize / chunks > rows && batchSize % (2 * chunks) === 0)
    chunks *= 2;
  return chunks;
}

/** The name of one part of a tensor that is cut along its first axis; of the whole, if it is not cut. */
export function chunkName(name: string, chunk: number, chunks: number): string {
  return chunks === 1 ? name : `${name}#${chunk}`;
}

/** The parts of a tensor, each a tensor of its own. */
export function chunkSpecs(spec: TensorSpec, chunks: number): TensorSpec[] {
  const [length, ...rest] = spec.shape as [number, ...number[]];
  return Array.from({ length: chunks }, (_, chunk) => ({
    ...spec,
    name: chunkName(spec.name, chunk, chunks),
    shape: [length / chunks, ...rest],
  }));
}

/** The parts of a buffer as windows on it, not copies. */
export function chunkWindows(
  name: string,
  buffer: Float32Array,
  chunks: number,
): Record<string, Float32Array> {
  const size = buffer.length / chunks;
  return Object.fromEntries(
    Array.from({ length: chunks }, (_, chunk) => [
      chunkName(name, chunk, chunks),
      buffer.subarray(chunk * size, (chunk + 1) * size),
    ]),
  );
}
