import { windows, type Executor } from "../../tensor/index.ts";
import type { RqVaeLearned } from "./learned.ts";
import { decodeProgram, encodeProgram, type RqVaeShape } from "./program.ts";

/** What encoding gives for n vectors. */
export interface Encoded {
  /** [n * levels] */
  readonly codes: Int32Array;
  /** By level: [n * width], what the level quantised; the first level's is the encoder's output. */
  readonly residuals: readonly Float32Array[];
  /** [n * inputs] */
  readonly restored: Float32Array;
}

/** Encoding and decoding of any number of vectors, batch by batch. */
export interface RqVaeCoder {
  /** [n * inputs] */
  readonly encode: (vectors: Float32Array) => Promise<Encoded>;
  /** Sums of codes, [n * width], to vectors, [n * inputs]. */
  readonly decode: (sums: Float32Array) => Promise<Float32Array>;
  readonly close: () => Promise<void>;
}

export async function createRqVaeCoder(
  shape: RqVaeShape,
  { arena, parameters }: RqVaeLearned,
  executor: Executor,
): Promise<RqVaeCoder> {
  const { network, config, inputs } = shape;
  const { batchSize, width, levels } = config;
  const all = windows(network.layout, parameters, "parameter");
  const encoder = await executor.load(encodeProgram(shape));
  const decoder = await executor.load(decodeProgram(shape));
  const x = arena.float32(batchSize * inputs);
  const sum = arena.float32(batchSize * width);
  const restored = arena.float32(batchSize * inputs);
  const codes = Array.from({ length: levels }, () => new Int32Array(batchSize));
  const residuals = codes.map(() => arena.float32(batchSize * width));
  const encoding = encoder.bind(
    { x, ...all },
    {
      restored,
      ...Object.fromEntries(codes.map((array, level) => [`codes:${level}`, array])),
      ...Object.fromEntries(residuals.map((array, level) => [`residual:${level}`, array])),
    },
  );
  const needed = decoder.program.inputs.filter(({ name }) => name !== "sum");
  const decoding = decoder.bind(
    { sum, ...Object.fromEntries(needed.map(({ name }) => [name, all[name]!])) },
    { restored },
  );

  /** Rows of the batch that starts at row `from` of n; the buffer's other rows are zero. */
  const load = (buffer: Float32Array, rows: Float32Array, from: number): number => {
    const size = buffer.length / batchSize;
    const part = rows.subarray(from * size, (from + batchSize) * size);
    buffer.fill(0);
    buffer.set(part);
    return part.length / size;
  };

  return {
    encode: async (vectors) => {
      const n = vectors.length / inputs;
      const out: Encoded = {
        codes: new Int32Array(n * levels),
        residuals: residuals.map(() => new Float32Array(n * width)),
        restored: new Float32Array(n * inputs),
      };
      for (let from = 0; from < n; from += batchSize) {
        const count = load(x, vectors, from);
        await encoding.run();
        out.restored.set(restored.subarray(0, count * inputs), from * inputs);
        for (let level = 0; level < levels; level++) {
          for (let b = 0; b < count; b++)
            out.codes[(from + b) * levels + level] = codes[level]![b]!;
          const part = residuals[level]!.subarray(0, count * width);
          out.residuals[level]!.set(part, from * width);
        }
      }
      return out;
    },
    decode: async (sums) => {
      const n = sums.length / width;
      const out = new Float32Array(n * inputs);
      for (let from = 0; from < n; from += batchSize) {
        const count = load(sum, sums, from);
        await decoding.run();
        out.set(restored.subarray(0, count * inputs), from * inputs);
      }
      return out;
    },
    close: async () => {
      await encoder.release();
      await decoder.release();
    },
  };
}
