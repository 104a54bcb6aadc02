import { AtollError, AtollErrors } from "../errors/index.ts";
import { callSite, type Operation } from "./call-site.ts";
import { explain } from "./explain.ts";
import { lowered } from "./lowered.ts";
import { trace, traceGradient, type Trace } from "./trace.ts";
import type { Program, TensorFunction, TensorSpec } from "./types.ts";

export interface CompileOptions {
  /** Appears in errors and in the ONNX file. */
  readonly name: string;
  readonly fn: TensorFunction;
  readonly inputs: readonly TensorSpec[];
}

export interface GradientOptions extends CompileOptions {
  /** The output to differentiate: a float32 scalar. */
  readonly loss: string;
  /** Inputs, float32, whose gradients become the outputs `gradient:<input>`. */
  readonly wrt: readonly string[];
}

/**
 * Compiles a function to a program. The function is called with tracers in place of arrays, and
 * nothing is computed; it is called once, or once more to name the line that cannot be compiled. Outputs come in the order in which the function's record names them.
 */
export function compile({ name, fn, inputs }: CompileOptions): Program {
  checkInputSpecs(name, inputs);
  return program(name, inputs, () => trace(name, fn, inputs));
}

/**
 * Compiles a function together with the gradients of its output `loss`. The program gives every
 * output of the function, then `gradient:<input>` for each name in `wrt`, in that order.
 */
export function compileWithGradient({ name, fn, inputs, loss, wrt }: GradientOptions): Program {
  checkInputSpecs(name, inputs);
  checkTargets(name, inputs, wrt);
  return program(name, inputs, () => traceGradient(name, fn, inputs, loss, wrt));
}

function program(name: string, inputs: readonly TensorSpec[], traced: () => Trace): Program {
  const { jaxpr, outputs } = traced();
  const taken = new Set(inputs.map((spec) => spec.name));
  for (const output of outputs)
    if (taken.has(output.name))
      throw new AtollError(
        "TENSOR_SPEC",
        `program "${name}": "${output.name}" names an input and an output; rename one`,
      );
  const locate = (operation: Operation) => callSite(operation, traced);
  const onnx = lowered(name, jaxpr, inputs, outputs, locate);
  return { name, inputs, outputs, jaxpr, onnx, explain: () => explain({ onnx }) };
}

function checkInputSpecs(name: string, inputs: readonly TensorSpec[]): void {
  const problems: AtollError[] = [];
  const problem = (text: string) =>
    problems.push(new AtollError("TENSOR_SPEC", `program "${name}": ${text}`));
  const seen = new Set<string>();
  for (const { name: input, shape } of inputs) {
    if (seen.has(input)) problem(`two inputs are called "${input}"; rename one`);
    seen.add(input);
    if (!shape.every((size) => Number.isInteger(size) && size > 0))
      problem(
        `input "${input}" has shape [${shape.join(", ")}]; every size must be a positive integer`,
      );
  }
  if (problems.length > 0) throw new AtollErrors(problems);
}

function checkTargets(name: string, inputs: readonly TensorSpec[], wrt: readonly string[]): void {
  const problems: AtollError[] = [];
  for (const target of wrt) {
    const spec = inputs.find((input) => input.name === target);
    if (spec?.dtype !== "float32")
      problems.push(
        new AtollError(
          "TENSOR_SPEC",
          `program "${name}": no gradient exists for "${target}", which is ` +
            `${spec === undefined ? "no input" : spec.dtype}; name float32 inputs in \`wrt\``,
        ),
      );
  }
  if (problems.length > 0) throw new AtollErrors(problems);
}
