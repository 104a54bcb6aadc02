import { ClosedJaxpr, Jaxpr, makeJaxpr, numpy as np, valueAndGrad } from "@jax-js/jax";
import { AtollError } from "../errors/index.ts";
import { borrowing } from "./borrowing.ts";
import { placeIn } from "./call-site.ts";
import { withStackRestored } from "./trace-stack.ts";
import type { TensorFunction, TensorSpec } from "./types.ts";

/** What a function computes, as a flattened Jaxpr: constants first, then inputs in order. */
export interface Trace {
  readonly jaxpr: ClosedJaxpr;
  readonly outputs: readonly TensorSpec[];
}

type Arrays = Record<string, np.Array>;

/** Stands for an input while tracing: jax-js reads nothing but shape and type. */
class AbstractTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly weakType = false;

  constructor(spec: TensorSpec) {
    this.shape = spec.shape;
    this.dtype = spec.dtype;
  }
}

export function trace(name: string, fn: TensorFunction, inputs: readonly TensorSpec[]): Trace {
  return traced(name, inputs, fn);
}

/** Traces `fn` and the gradients of its output `loss`, which follow as outputs `gradient:<input>`. */
export function traceGradient(
  name: string,
  fn: TensorFunction,
  inputs: readonly TensorSpec[],
  loss: string,
  wrt: readonly string[],
): Trace {
  return traced(name, inputs, (arrays) => {
    const targets = Object.fromEntries(wrt.map((input) => [input, arrays[input]!]));
    const withLoss = (varied: Arrays): [np.Array, Arrays] => {
      const outputs = withStackRestored(() => fn({ ...arrays, ...varied }));
      return [lossOf(name, outputs, loss), outputs];
    };
    const [[, outputs], gradients] = valueAndGrad(withLoss, { hasAux: true })(targets);
    return {
      ...outputs,
      ...Object.fromEntries(wrt.map((input) => [`gradient:${input}`, gradients[input]!])),
    };
  });
}

function lossOf(name: string, outputs: Arrays, loss: string): np.Array {
  const value = outputs[loss];
  if (value === undefined)
    throw new AtollError(
      "TENSOR_SPEC",
      `program "${name}" has no output "${loss}" to differentiate; name one of its outputs: ` +
        Object.keys(outputs).join(", "),
    );
  if (value.shape.length > 0 || value.dtype !== np.float32)
    throw new AtollError(
      "TENSOR_SPEC",
      `program "${name}": the loss "${loss}" is ${value.dtype} of shape [${value.shape.join(", ")}]; ` +
        `give a float32 scalar, for example np.mean(...)`,
    );
  return value;
}

function traced(name: string, inputs: readonly TensorSpec[], fn: TensorFunction): Trace {
  let names: string[] = [];
  const flat = (...tracers: unknown[]): np.Array[] => {
    const arrays = tracers.filter(isTracer);
    const outputs = fn(Object.fromEntries(inputs.map((spec, i) => [spec.name, arrays[i]!])));
    names = Object.keys(outputs);
    return Object.values(outputs);
  };
  const abstract = inputs.map((spec) => new AbstractTensor(spec));
  const { jaxpr } = guarded(name, () =>
    withStackRestored(() => borrowing(() => makeJaxpr(flat)(...abstract))),
  );
  const closed = withoutUnusedConstants(jaxpr.mapJaxpr((inner) => inner.flatten().simplify()));
  const outputs = closed.jaxpr.outs.map(({ aval }, i) =>
    outputSpec(name, names[i]!, aval.shape, aval.dtype),
  );
  return { jaxpr: closed, outputs };
}

/** What jax-js hands to a traced function acts as an array without being one. */
function isTracer(value: unknown): value is np.Array {
  return typeof value === "object" && value !== null && "_trace" in value;
}

function guarded<T>(name: string, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    if (cause instanceof AtollError) throw cause;
    throw new AtollError("TENSOR_TRACE", `program "${name}" cannot be traced: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/** What went wrong in the user's function, and where. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const place = placeIn(cause.stack);
  const values = /\b(dataSync|data|js|item)\b.* is not a function/.test(cause.message)
    ? "; arrays have no values while a function is traced: compute with them, and branch by np.where"
    : "";
  return `${cause.message}${values}${place === undefined ? "" : ` (at ${place})`}`;
}

function outputSpec(
  program: string,
  name: string,
  shape: readonly number[],
  dtype: string,
): TensorSpec {
  if (dtype === "float32" || dtype === "int32") return { name, shape: [...shape], dtype };
  throw new AtollError(
    "TENSOR_UNSUPPORTED_DTYPE",
    `program "${program}": output "${name}" is ${dtype}; programs give float32 or int32, so cast ` +
      `it with .astype(np.float32)`,
  );
}

function withoutUnusedConstants(closed: ClosedJaxpr): ClosedJaxpr {
  const { jaxpr, consts } = closed;
  const used = new Set<unknown>([...jaxpr.outs, ...jaxpr.eqns.flatMap((eqn) => eqn.inputs)]);
  const binders = jaxpr.inBinders.filter((binder, i) => i >= consts.length || used.has(binder));
  const kept = consts.filter((_, i) => used.has(jaxpr.inBinders[i]));
  return new ClosedJaxpr(new Jaxpr(binders, jaxpr.eqns, jaxpr.outs), kept);
}
