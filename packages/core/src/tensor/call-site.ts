import { makeJaxpr, numpy as np } from "@jax-js/jax";

/** An operation as a Jaxpr names it: the primitive, and its operands' types and shapes. */
export interface Operation {
  readonly primitive: string;
  readonly operands: readonly string[];
}

/** The part of a jax-js trace that records an operation. */
interface Recorder {
  processPrimitive: (
    this: Recorder,
    primitive: string,
    tracers: readonly { readonly aval: unknown }[],
    params: Readonly<Record<string, unknown>>,
  ) => unknown;
}

/** Deep enough to see through jax-js's transformations to the function that called. */
const STACK_DEPTH = 100;

/**
 * The line of the user's function that calls an operation: traces the function once more and reads the
 * stack when the operation is recorded. Nothing where the operation comes from differentiation, or
 * the engine tells no stack.
 */
export function callSite(operation: Operation, retrace: () => unknown): string | undefined {
  const recorder = recorderPrototype();
  const record = recorder.processPrimitive;
  let found: string | undefined;
  recorder.processPrimitive = function (primitive, tracers, params) {
    const operands = tracers.map((tracer) => String(tracer.aval));
    if (found === undefined && matches({ primitive, operands }, params, operation))
      found = withDeepStacks(() => placeIn(new Error("here").stack));
    return record.call(this, primitive, tracers, params);
  };
  try {
    retrace();
  } catch {
    // The first trace succeeded; where this one fails, there is no place to tell.
  } finally {
    recorder.processPrimitive = record;
  }
  return found;
}

/** The class of jax-js's recording traces, which it does not export. */
function recorderPrototype(): Recorder {
  let found: unknown;
  makeJaxpr((x: np.Array) => {
    found = Object.getPrototypeOf(x._trace);
    return x;
  })(np.zeros([1]));
  if (isRecorder(found)) return found;
  throw new TypeError("jax-js records no operations; use the version that Atoll pins");
}

function isRecorder(value: unknown): value is Recorder {
  return typeof value === "object" && value !== null && "processPrimitive" in value;
}

/** Whether a recorded operation is the one sought, or a compiled function (`jit`) that contains it. */
function matches(
  recorded: Operation,
  params: Readonly<Record<string, unknown>>,
  sought: Operation,
): boolean {
  if (recorded.primitive === "jit")
    return equationsOf(params["jaxpr"]).some((eqn) => inside(eqn, sought));
  return same(recorded, sought);
}

interface RecordedEquation {
  readonly primitive: string;
  readonly inputs: readonly { readonly aval: unknown }[];
  readonly params: Readonly<Record<string, unknown>>;
}

function equationsOf(jaxpr: unknown): readonly RecordedEquation[] {
  const known = (value: unknown): value is { eqns: readonly RecordedEquation[] } =>
    typeof value === "object" && value !== null && "eqns" in value;
  return known(jaxpr) ? jaxpr.eqns : [];
}

function inside({ primitive, inputs, params }: RecordedEquation, sought: Operation): boolean {
  return matches({ primitive, operands: inputs.map(({ aval }) => String(aval)) }, params, sought);
}

function same(a: Operation, b: Operation): boolean {
  return a.primitive === b.primitive && a.operands.join() === b.operands.join();
}

/** V8 keeps ten frames unless told otherwise; other engines ignore the setting. */
function withDeepStacks<T>(body: () => T): T {
  const kept: unknown = Reflect.get(Error, "stackTraceLimit");
  Reflect.set(Error, "stackTraceLimit", STACK_DEPTH);
  try {
    return body();
  } finally {
    Reflect.set(Error, "stackTraceLimit", kept);
  }
}

const jaxFile = /@jax-js[/\\]jax/;
const ownFile = /[/\\]tensor[/\\](call-site|trace|trace-stack|borrowing|compile)\.[jt]s/;

/** The first place in a stack that is neither jax-js nor the tracer: the user's function, if any. */
export function placeIn(stack: string | undefined): string | undefined {
  const places = (stack ?? "").split("\n").flatMap((line) => {
    const place = /\(?((?:file:\/\/|https?:\/\/|[/\\]|[A-Za-z]:[/\\])[^()]*:\d+:\d+)\)?\s*$/.exec(
      line,
    )?.[1];
    return place === undefined ? [] : [place.replace(/^file:\/\//, "")];
  });
  const first = places.find((place) => !jaxFile.test(place) && !place.includes("call-site."));
  return first === undefined || ownFile.test(first) ? undefined : first;
}
