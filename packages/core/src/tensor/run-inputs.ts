import { AtollError, AtollErrors } from "../errors/index.ts";
import type { Program, TensorData, TensorSpec } from "./types.ts";

/** The number of elements of a tensor. */
export function tensorSize(spec: TensorSpec): number {
  return spec.shape.reduce((product, size) => product * size, 1);
}

/** Holds what a program is run with against what it declares; throws all that does not fit. */
export function checkRunInputs(
  program: Program,
  inputs: Readonly<Record<string, TensorData>>,
): void {
  let fits = true;
  let given = 0;
  for (const spec of program.inputs) fits &&= problemOf(spec, inputs[spec.name]) === undefined;
  for (const name in inputs) if (Object.hasOwn(inputs, name)) given++;
  if (fits && given === program.inputs.length) return;

  const declared = new Map(program.inputs.map((spec) => [spec.name, spec]));
  const texts = [
    ...program.inputs.flatMap((spec) => problemOf(spec, inputs[spec.name]) ?? []),
    ...Object.keys(inputs)
      .filter((name) => !declared.has(name))
      .map(
        (name) =>
          `"${name}" is no input; leave it out (inputs: ${[...declared.keys()].join(", ")})`,
      ),
  ];
  throw new AtollErrors(
    texts.map((text) => new AtollError("TENSOR_INPUT", `program "${program.name}": ${text}`)),
  );
}

function problemOf(spec: TensorSpec, data: TensorData | undefined): string | undefined {
  if (data === undefined) return `input "${spec.name}" is missing; give ${wanted(spec)}`;
  const right =
    spec.dtype === "float32" ? data instanceof Float32Array : data instanceof Int32Array;
  if (right && data.length === tensorSize(spec)) return undefined;
  return (
    `input "${spec.name}" is a ${data.constructor.name} of ${data.length} elements; ` +
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
