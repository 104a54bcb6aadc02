import { AtollError, AtollErrors } from "../errors/index.ts";
import type { NamedTensors, Program, TensorData, TensorSpec } from "./types.ts";

/** The number of elements of a tensor. */
export function tensorSize(spec: TensorSpec): number {
  return spec.shape.reduce((product, size) => product * size, 1);
}

/** Holds what a program is run with against what it declares; throws all that does not fit. */
export function checkRunInputs(program: Program, inputs: NamedTensors): void {
  let fits = true;
  let given = 0;
  for (const spec of program.inputs) fits &&= problemOf(spec, inputs[spec.name]) === undefined;
  for (const name in inputs) if (Object.hasOwn(inputs, name)) given++;
  if (fits && given === program.inputs.length) return;

  const missing = program.inputs.filter((spec) => inputs[spec.name] === undefined);
  throw problemsOf(program, [
    ...missing.map((spec) => `input "${spec.name}" is missing; give ${wanted(spec)}`),
    ...misfits("input", program.inputs, inputs),
  ]);
}

/** Holds the buffers that a program is bound to against what it declares; outputs may be left out. */
export function checkBinding(program: Program, inputs: NamedTensors, outputs: NamedTensors): void {
  checkRunInputs(program, inputs);
  const problems = misfits("output", program.outputs, outputs);
  if (problems.length > 0) throw problemsOf(program, problems);
}

function problemsOf(program: Program, texts: readonly string[]): AtollErrors {
  return new AtollErrors(
    texts.map((text) => new AtollError("TENSOR_INPUT", `program "${program.name}": ${text}`)),
  );
}

/** What is given, but unknown or of the wrong type or length. */
function misfits(kind: string, specs: readonly TensorSpec[], given: NamedTensors): string[] {
  return Object.entries(given).flatMap(([name, data]) => {
    const spec = specs.find((candidate) => candidate.name === name);
    if (spec === undefined) {
      const known = specs.map((candidate) => candidate.name).join(", ");
      return `"${name}" is no ${kind}; leave it out (${kind}s: ${known})`;
    }
    const problem = problemOf(spec, data);
    return problem === undefined ? [] : `${kind} ${problem}`;
  });
}

function problemOf(spec: TensorSpec, data: TensorData | undefined): string | undefined {
  if (data === undefined) return `"${spec.name}" is missing; give ${wanted(spec)}`;
  const right =
    spec.dtype === "float32" ? data instanceof Float32Array : data instanceof Int32Array;
  if (right && data.length === tensorSize(spec)) return undefined;
  return (
    `"${spec.name}" is a ${data.constructor.name} of ${data.length} elements; ` +
    `give ${wanted(spec)}`
  );
}

function wanted(spec: TensorSpec): string {
  const type = spec.dtype === "float32" ? "Float32Array" : "Int32Array";
  return `a ${type} of ${tensorSize(spec)} elements (shape [${spec.shape.join(", ")}])`;
}

/** The error of a run after `release`. */
export function releasedError(program: Program): AtollError {
  return new AtollError(
    "TENSOR_RELEASED",
    `program "${program.name}" was released; load it again to run it`,
  );
}
