import type { ClosedJaxpr, numpy as np } from "@jax-js/jax";

/** What a tensor of a program looks like: static shape, one of two element types. */
export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32";
}

/** A plain function in the JAX style: named arrays in, named arrays out. */
export type TensorFunction = (inputs: Record<string, np.Array>) => Record<string, np.Array>;

/**
 * A compiled step: what will be computed, as data. The ONNX bytes are the whole truth (a silo can hash
 * and read them); the Jaxpr serves the executor that runs jax-js itself.
 */
export interface Program {
  readonly name: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly jaxpr: ClosedJaxpr;
  readonly onnx: Uint8Array;
  /** What is computed, for people: every operator with shapes, floating-point operations and bytes. */
  readonly explain: () => string;
}

export type TensorData = Float32Array | Int32Array;

export type NamedTensors = Readonly<Record<string, TensorData>>;

/** A program with the buffers it reads and writes at every run: a step of training, many times over. */
export interface BoundProgram {
  /** Reads the inputs as they are now, fills the outputs. Nobody may write to either until it settles. */
  run(): Promise<void>;
}

/** A program made ready to run. */
export interface LoadedProgram {
  readonly program: Program;
  /** Inputs are read, never kept; outputs are the caller's. */
  run(inputs: NamedTensors): Promise<Record<string, TensorData>>;
  /**
   * Fixes the buffers, so that runs allocate nothing and copy nothing. `outputs` may leave out outputs
   * that nobody reads.
   */
  bind(inputs: NamedTensors, outputs: NamedTensors): BoundProgram;
  /** Frees native memory; running afterwards is an error. */
  release(): Promise<void>;
}

/** Where programs run. Two exist: jax-js (here, any JavaScript engine) and ONNX Runtime (packages/node). */
export interface Executor {
  readonly name: string;
  /** Threads within one operator. */
  readonly threads: number;
  load(program: Program): Promise<LoadedProgram>;
}
