/** `float64` and `string` are for models that are exported; what is trained and scored has none. */
export type ElementType = "float32" | "float64" | "int32" | "int64" | "bool" | "string";

/** A size that is known when a model runs: the rows that an exported model is given. */
export const ANY_SIZE = -1;

/** A tensor that flows through the graph, with its shape. Identity is object identity. */
export interface Value {
  readonly shape: readonly number[];
  readonly dtype: ElementType;
}

export type Attribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "strings"; readonly value: readonly string[] };

export type Attributes = Readonly<Record<string, Attribute>>;

export interface GraphNode {
  readonly operator: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
}

/** Row-major elements; bool as one byte each. */
export type ConstantData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

export interface Port {
  readonly name: string;
  readonly value: Value;
  /** What its sizes are called, those that are ANY_SIZE; default: batch. */
  readonly sizes?: readonly string[];
}

/** An ONNX graph as data, nodes in an order in which they can run. */
export interface Graph {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<Value, ConstantData>;
}

/** The number of elements of a shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}
