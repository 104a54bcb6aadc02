import {
  type Attributes,
  type ConstantData,
  type ElementType,
  type Graph,
  type GraphNode,
  type Port,
  type Value,
} from "./graph.ts";

/** Constants up to this many elements are shared when equal. */
const SHARED_CONSTANT_ELEMENTS = 64;

const commutative = new Set(["Add", "Mul", "Max", "Min", "And", "Or", "Equal"]);

/** Builds a graph node by node. Equal nodes and equal small constants exist once. */
export interface GraphBuilder {
  input(
    name: string,
    shape: readonly number[],
    dtype: ElementType,
    sizes?: readonly string[],
  ): Value;
  constant(data: ConstantData, shape: readonly number[], dtype: ElementType): Value;
  scalar(value: number, dtype: ElementType): Value;
  /** A one-dimensional int64 constant: shapes, axes, slice bounds. */
  integers(values: readonly number[]): Value;
  node(
    operator: string,
    inputs: readonly Value[],
    shape: readonly number[],
    dtype: ElementType,
    attributes?: Attributes,
  ): Value;
  /** A node with several outputs of one element type. */
  nodes(
    operator: string,
    inputs: readonly Value[],
    shapes: readonly (readonly number[])[],
    dtypes: readonly ElementType[],
    attributes?: Attributes,
  ): readonly Value[];
  /** The node that computes a value; nothing for inputs and constants. */
  producer(value: Value): GraphNode | undefined;
  /** What an equal node gave, if there is one: the only way to look at what reads a value. */
  existing(
    operator: string,
    inputs: readonly Value[],
    dtype: ElementType,
    attributes?: Attributes,
  ): Value | undefined;
  /** The elements of a constant; nothing for other values. */
  constantData(value: Value): ConstantData | undefined;
  build(outputs: readonly Port[]): Graph;
}

/** A builder that takes over what another graph has, its values included. */
export interface AdoptingBuilder extends GraphBuilder {
  /** The node as it stands: no equal one may be here. */
  adopt(node: GraphNode): void;
  /** Whether all nodes and constants so far were taken over. */
  hasOnlyAdopted(): boolean;
}

export function graphBuilder(): GraphBuilder {
  return adoptingBuilder({ inputs: [], constants: new Map() });
}

/** Begins with the inputs and the constants of a graph. */
export function adoptingBuilder(from: Pick<Graph, "inputs" | "constants">): AdoptingBuilder {
  const inputs = [...from.inputs];
  const nodes: GraphNode[] = [];
  const constants = new Map(from.constants);
  const known = new Map<string, readonly Value[]>();
  const identities = new Map<Value, number>();
  const producers = new Map<Value, GraphNode>();
  let numMade = 0;

  const identityOf = (value: Value): number => {
    const found = identities.get(value);
    if (found !== undefined) return found;
    identities.set(value, identities.size);
    return identities.size - 1;
  };

  const keyOf = (
    operator: string,
    inputs: readonly Value[],
    dtypes: readonly ElementType[],
    attributes: Attributes,
  ): string => {
    const ids = inputs.map(identityOf);
    if (commutative.has(operator)) ids.sort((a, b) => a - b);
    return `${operator} ${ids.join()} ${textOf(attributes)} ${dtypes.join()}`;
  };

  const constantKey = (data: ConstantData, shape: readonly number[], dtype: ElementType) =>
    `const ${dtype} [${shape.join()}] ${exactText(data)}`;

  // Most rewrites of a graph find nothing to do, and then nobody asks what equals what.
  const adopted: GraphNode[] = [];
  let adoptedConstants: Graph["constants"] | undefined = from.constants;
  const all = (): typeof known => {
    for (const [value, data] of adoptedConstants ?? [])
      if (data.length <= SHARED_CONSTANT_ELEMENTS)
        known.set(constantKey(data, value.shape, value.dtype), [value]);
    adoptedConstants = undefined;
    for (const { operator, inputs, outputs, attributes } of adopted.splice(0)) {
      const dtypes = outputs.map(({ dtype }) => dtype);
      known.set(keyOf(operator, inputs, dtypes, attributes), outputs);
    }
    return known;
  };

  const append = (node: GraphNode): void => {
    nodes.push(node);
    for (const value of node.outputs) producers.set(value, node);
  };

  const builder: AdoptingBuilder = {
    adopt(node) {
      append(node);
      adopted.push(node);
    },
    hasOnlyAdopted: () => numMade === 0,

    input(name, shape, dtype, sizes) {
      const value = { shape: [...shape], dtype };
      inputs.push({ name, value, ...(sizes && { sizes }) });
      return value;
    },

    constant(data, shape, dtype) {
      const shared = data.length <= SHARED_CONSTANT_ELEMENTS;
      const key = shared ? constantKey(data, shape, dtype) : "";
      const found = shared ? all().get(key)?.[0] : undefined;
      if (found !== undefined) return found;
      const value = { shape: [...shape], dtype };
      constants.set(value, data);
      numMade++;
      if (shared) known.set(key, [value]);
      return value;
    },

    scalar(value, dtype) {
      return builder.constant(elementsOf(dtype, [value]), [], dtype);
    },

    integers(values) {
      return builder.constant(elementsOf("int64", values), [values.length], "int64");
    },

    node(operator, inputs, shape, dtype, attributes) {
      return builder.nodes(operator, inputs, [shape], [dtype], attributes)[0]!;
    },

    nodes(operator, inputs, shapes, dtypes, attributes = NONE) {
      const key = keyOf(operator, inputs, dtypes, attributes);
      const found = all().get(key);
      if (found !== undefined) return found;
      const outputs = shapes.map((shape, i) => ({ shape: [...shape], dtype: dtypes[i]! }));
      append({ operator, inputs, outputs, attributes });
      numMade++;
      known.set(key, outputs);
      return outputs;
    },

    existing: (operator, inputs, dtype, attributes = NONE) =>
      all().get(keyOf(operator, inputs, [dtype], attributes))?.[0],
    producer: (value) => producers.get(value),
    constantData: (value) => constants.get(value),

    build(outputs) {
      return { inputs, outputs, nodes, constants };
    },
  };
  return builder;
}

const NONE: Attributes = {};
const texts = new WeakMap<Attributes, string>();

/** Attributes move from graph to graph with their nodes, so that each are written once. */
function textOf(attributes: Attributes): string {
  const known = texts.get(attributes);
  if (known !== undefined) return known;
  const text = JSON.stringify(attributes);
  texts.set(attributes, text);
  return text;
}

const makers = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  int32: (values) => Int32Array.from(values),
  int64: (values) => BigInt64Array.from(values, (value) => BigInt(value)),
  bool: (values) => Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)),
  string: () => {
    throw new TypeError("constants are numbers: texts stand in attributes alone");
  },
} as const satisfies Record<ElementType, (values: readonly number[]) => ConstantData>;

export function elementsOf(dtype: ElementType, values: readonly number[]): ConstantData {
  return makers[dtype](values);
}

/** Tells -0 from 0, which Array.join does not. */
export function exactText(data: Iterable<number | bigint>): string {
  const values: readonly (number | bigint)[] = [...data];
  return values.map((value) => (Object.is(value, -0) ? "-0" : String(value))).join();
}
