import { devicePut, init, type Jaxpr, numpy as np } from "@jax-js/jax";
import { AtollError } from "../errors/index.ts";
import { segments } from "./jax-segments.ts";
import { checkBinding, checkRunInputs, releasedError } from "./run-inputs.ts";
import type {
  Executor,
  LoadedProgram,
  NamedTensors,
  Program,
  TensorData,
  TensorSpec,
} from "./types.ts";

/** The part of a jax-js trace that runs a primitive. */
interface Evaluator {
  processPrimitive(
    primitive: string,
    operands: readonly unknown[],
    params: Readonly<Record<string, unknown>>,
  ): np.Array[];
}

/** Where jax-js computes. "cpu" is a plain interpreter: slow, and the one without known errors. */
export type JaxDevice = "cpu" | "wasm" | "webgpu";

export interface JaxExecutorOptions {
  /** Default: "wasm". */
  readonly device?: JaxDevice;
}

/**
 * Runs programs with jax-js itself: the Jaxpr as it was traced, so that it is a witness against the
 * ONNX lowering that shares nothing with it.
 *
 * Known error of jax-js 0.1.25 on "wasm": vectorised sums and products read some reshaped transposes
 * wrongly, for example vecdot of [1, 3, 4, 1] with a transposed [3, 2] reshaped to [2, 3, 1, 1].
 */
export function jaxExecutor({ device = "wasm" }: JaxExecutorOptions = {}): Executor {
  return {
    name: `jax-js/${device}`,
    threads: 1,
    async load(program) {
      const ready = await init(device);
      if (!ready.includes(device))
        throw new AtollError(
          "EXECUTOR_SESSION",
          `jax-js has no device "${device}" here; use one of ${ready.join(", ")}`,
        );
      const constants = program.jaxpr.consts.filter((constant) => constant instanceof np.Array);
      const placed = constants.map((constant) => devicePut(constant.ref, device));
      return loaded(program, await Promise.all(placed), device);
    },
  };
}

function loaded(
  program: Program,
  constants: readonly np.Array[],
  device: JaxDevice,
): LoadedProgram {
  const parts = segments(program.jaxpr.jaxpr);
  let released = false;
  const run = async (inputs: NamedTensors): Promise<Record<string, TensorData>> => {
    if (released) throw releasedError(program);
    const results = evaluate(program, parts, inputs, constants, device);
    const outputs: Record<string, TensorData> = {};
    for (const [i, spec] of program.outputs.entries())
      outputs[spec.name] = ownCopy(spec, await results[i]!.data());
    return outputs;
  };
  return {
    program,
    async run(inputs) {
      checkRunInputs(program, inputs);
      return run(inputs);
    },
    bind(inputs, outputs) {
      checkBinding(program, inputs, outputs);
      return {
        async run() {
          const results = await run(inputs);
          for (const [name, buffer] of Object.entries(outputs)) buffer.set(results[name]!);
        },
      };
    },
    release() {
      if (!released) for (const constant of constants) constant.dispose();
      released = true;
      return Promise.resolve();
    },
  };
}

function evaluate(
  program: Program,
  parts: readonly Jaxpr[],
  inputs: Readonly<Record<string, TensorData>>,
  constants: readonly np.Array[],
  device: JaxDevice,
): readonly np.Array[] {
  const { inBinders, outs } = program.jaxpr.jaxpr;
  if (outs.length === 0) return [];
  const evaluator = evaluatorOf(np.zeros([], { device })._trace);
  const known = new Map<Jaxpr["inBinders"][number], np.Array>();
  for (const [i, constant] of constants.entries()) known.set(inBinders[i]!, constant.ref);
  for (const [i, spec] of program.inputs.entries())
    known.set(inBinders[constants.length + i]!, upload(spec, inputs[spec.name]!, device));
  let results: readonly np.Array[] = [];
  for (const part of parts) {
    const operands = part.inBinders.map((binder) => known.get(binder)!.ref);
    const params = { name: program.name, jaxpr: part, numConsts: 0 };
    results = evaluator.processPrimitive("jit", operands, params);
    if (part !== parts.at(-1))
      for (const [i, atom] of part.outs.entries())
        if (!("value" in atom)) known.set(atom, results[i]!);
  }
  for (const array of known.values()) array.dispose();
  return results;
}

/** jax-js types primitives by an enumeration that it does not export; at run time they are names. */
function evaluatorOf(trace: unknown): Evaluator {
  const known = (value: unknown): value is Evaluator =>
    typeof value === "object" && value !== null && "processPrimitive" in value;
  if (known(trace)) return trace;
  throw new TypeError("jax-js has no evaluator; use the version that Atoll pins");
}

/** A copy on the device of jax-js. */
function upload({ shape, dtype }: TensorSpec, data: TensorData, device: JaxDevice): np.Array {
  const sizes = [...shape];
  return dtype === "float32"
    ? np.array(Float32Array.from(data), { shape: sizes, dtype: np.float32, device })
    : np.array(Int32Array.from(data), { shape: sizes, dtype: np.int32, device });
}

function ownCopy(spec: TensorSpec, data: ArrayLike<number>): TensorData {
  return spec.dtype === "float32" ? Float32Array.from(data) : Int32Array.from(data);
}
