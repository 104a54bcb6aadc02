import { numpy as np } from "@jax-js/jax";
import { checkRunInputs, releasedError } from "./run-inputs.ts";
import type { Executor, LoadedProgram, Program, TensorData, TensorSpec } from "./types.ts";

type Atom = Program["jaxpr"]["jaxpr"]["outs"][number];

/** The part of a jax-js trace that runs a primitive. */
interface Evaluator {
  processPrimitive(
    primitive: string,
    operands: readonly unknown[],
    params: Readonly<Record<string, unknown>>,
  ): np.Array[];
}

/**
 * Runs programs with jax-js itself, on its default device (WebAssembly): the Jaxpr as it was traced,
 * so that it is a witness against the ONNX lowering that shares nothing with it.
 *
 * Primitive by primitive, not through `jit`, whose fused WebAssembly kernels misread some reshaped
 * transposes (0.1.25: vecdot of [1,3,4,1] with a transposed [3,2] reshaped to [2,3,1,1]).
 */
export function jaxExecutor(): Executor {
  return { name: "jax-js", load: (program) => Promise.resolve(loaded(program)) };
}

function loaded(program: Program): LoadedProgram {
  let released = false;
  return {
    program,
    async run(inputs) {
      if (released) throw releasedError(program);
      checkRunInputs(program, inputs);
      const results = evaluate(program, inputs);
      const outputs: Record<string, TensorData> = {};
      for (const [i, spec] of program.outputs.entries())
        outputs[spec.name] = ownCopy(spec, await results[i]!.data());
      return outputs;
    },
    release() {
      released = true;
      return Promise.resolve();
    },
  };
}

function evaluate(program: Program, inputs: Readonly<Record<string, TensorData>>): np.Array[] {
  const { jaxpr, consts } = program.jaxpr;
  const evaluator = evaluatorOf(np.zeros([])._trace);
  const given = [
    ...consts.map((constant) => constant.ref),
    ...program.inputs.map((spec) => upload(spec, inputs[spec.name]!)),
  ];
  const uses = new Map<Atom, number>();
  for (const atom of [...jaxpr.eqns.flatMap((equation) => equation.inputs), ...jaxpr.outs])
    uses.set(atom, (uses.get(atom) ?? 0) + 1);
  const values = new Map<Atom, np.Array>();
  const write = (binder: Atom, value: np.Array): void => {
    if (uses.has(binder)) values.set(binder, value);
    else value.dispose();
  };
  /** jax-js consumes what it is given: every use but the last takes a reference of its own. */
  const read = (atom: Atom): np.Array => {
    if ("value" in atom) return np.array(atom.value, { dtype: atom.dtype });
    const value = values.get(atom)!;
    const left = uses.get(atom)! - 1;
    uses.set(atom, left);
    return left > 0 ? value.ref : value;
  };
  for (const [i, binder] of jaxpr.inBinders.entries()) write(binder, given[i]!);
  for (const { primitive, inputs, params, outBinders } of jaxpr.eqns) {
    const results = evaluator.processPrimitive(primitive, inputs.map(read), params);
    for (const [i, binder] of outBinders.entries()) write(binder, results[i]!);
  }
  return jaxpr.outs.map(read);
}

/** jax-js types primitives by an enumeration that it does not export; at run time they are names. */
function evaluatorOf(trace: unknown): Evaluator {
  const known = (value: unknown): value is Evaluator =>
    typeof value === "object" && value !== null && "processPrimitive" in value;
  if (known(trace)) return trace;
  throw new TypeError("jax-js has no evaluator; use the version that Atoll pins");
}

/** A copy on the device of jax-js. */
function upload({ shape, dtype }: TensorSpec, data: TensorData): np.Array {
  const sizes = [...shape];
  return dtype === "float32"
    ? np.array(Float32Array.from(data), { shape: sizes, dtype: np.float32 })
    : np.array(Int32Array.from(data), { shape: sizes, dtype: np.int32 });
}

function ownCopy(spec: TensorSpec, data: ArrayLike<number>): TensorData {
  return spec.dtype === "float32" ? Float32Array.from(data) : Int32Array.from(data);
}
