import type { GraphBuilder } from "../onnx/builder.ts";
import { elements, sameShape, type GraphNode, type Value } from "../onnx/graph.ts";

/** The inputs of the node that computes `value`, if it is an `operator`. */
export function inputsOf(
  graph: GraphBuilder,
  value: Value | undefined,
  operator: string,
): readonly Value[] | undefined {
  const node = value && graph.producer(value);
  return node?.operator === operator ? node.inputs : undefined;
}

/** The value before any Reshape: the same elements in the same order. */
export function source(graph: GraphBuilder, value: Value): Value {
  let current = value;
  for (;;) {
    const reshaped = inputsOf(graph, current, "Reshape");
    if (reshaped === undefined) return current;
    current = reshaped[0]!;
  }
}

/** Both orders of the inputs of a commutative operator. */
export function eitherOrder(inputs: readonly Value[]): (readonly [Value, Value])[] {
  const [a, b] = [inputs[0]!, inputs[1]!];
  return [
    [a, b],
    [b, a],
  ];
}

/** Both orders of the two inputs of the node that computes `value`, if it is an `operator`. */
export function pairsOf(
  graph: GraphBuilder,
  value: Value | undefined,
  operator: string,
): (readonly [Value, Value])[] {
  const inputs = inputsOf(graph, value, operator);
  return inputs === undefined ? [] : eitherOrder(inputs);
}

/** The number that a constant of one element holds. */
export function scalarOf(graph: GraphBuilder, value: Value): number | undefined {
  if (elements(value.shape) !== 1) return undefined;
  const data = graph.constantData(value);
  return data === undefined ? undefined : Number(data[0]);
}

/** x, where `value` is x + `number`. */
export function plusNumber(graph: GraphBuilder, value: Value, number: number): Value | undefined {
  return pairsOf(graph, value, "Add").find(([, term]) => scalarOf(graph, term) === number)?.[0];
}

/** A shape as an axis splits it: what comes before, the axis, what comes after. */
function around(shape: readonly number[], axis: number): string {
  return [elements(shape.slice(0, axis)), shape[axis], elements(shape.slice(axis + 1))].join();
}

/** A tensor, up to Reshape, seen in a shape along one of its axes. */
export interface Rows {
  readonly of: Value;
  readonly shape: readonly number[];
  readonly axis: number;
}

/** Whether `value` reduces the rows by `operator`, up to Reshape. */
export function reducesRows(
  graph: GraphBuilder,
  value: Value,
  operator: string,
  { of, shape, axis }: Rows,
): boolean {
  const inputs = inputsOf(graph, source(graph, value), operator);
  if (inputs === undefined || source(graph, inputs[0]!) !== source(graph, of)) return false;
  const axes = graph.constantData(inputs[1]!);
  return axes?.length === 1 && around(inputs[0]!.shape, Number(axes[0])) === around(shape, axis);
}

/** The axis of `shape` that `value`, of one element for each row along it, broadcasts along. */
export function axisOfRows(value: Value, shape: readonly number[]): number | undefined {
  const missing = shape.length - value.shape.length;
  const sizes = shape.map((_, i) => value.shape[i - missing] ?? 1);
  const differing = [...shape.keys()].filter((i) => sizes[i] !== shape[i]);
  const [axis] = differing;
  return missing >= 0 && differing.length === 1 && sizes[axis!] === 1 ? axis : undefined;
}

export function reshaped(graph: GraphBuilder, value: Value, shape: readonly number[]): Value {
  if (sameShape(value.shape, shape)) return value;
  return graph.node("Reshape", [value, graph.integers(shape)], shape, value.dtype);
}

/** The node's first output, which has its shape and type. */
export function outputOf(node: GraphNode): Value {
  return node.outputs[0]!;
}
