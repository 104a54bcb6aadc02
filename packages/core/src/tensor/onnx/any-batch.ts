import { AtollError } from "../../errors/index.ts";
import { elementsOf, type GraphBuilder } from "./builder.ts";
import { ANY_SIZE, type Attributes, type ConstantData, type Graph, type Value } from "./graph.ts";

/** The same program for batches of two sizes. */
export interface TwoSizes {
  readonly name: string;
  readonly graphs: readonly [Graph, Graph];
  readonly sizes: readonly [number, number];
}

/**
 * Emits a program for batches of any size into a graph, and gives its outputs by name. What differs between
 * the two sizes grows with the batch: every size and every integer is a + b n for a batch of n rows, and
 * constants that grow hold one number. `batch` is n, an int64 of shape [1].
 */
export function emitForAnyBatch(
  graph: GraphBuilder,
  { name, graphs, sizes }: TwoSizes,
  { inputs, batch }: { readonly inputs: Readonly<Record<string, Value>>; readonly batch: Value },
): Readonly<Record<string, Value>> {
  const [one, two] = graphs;
  const unlike = (what: string) =>
    new AtollError(
      "TENSOR_SPEC",
      `program "${name}" cannot be made for batches of any size: ${what}; report this with the model's settings`,
    );
  if (one.nodes.length !== two.nodes.length)
    throw unlike(`it has ${one.nodes.length} nodes or ${two.nodes.length}, by the size`);
  const emitted = new Map<Value, Value>();
  one.inputs.forEach(({ name: input, value }) => {
    const given = inputs[input];
    if (given === undefined) throw unlike(`nothing stands for its input "${input}"`);
    emitted.set(value, given);
  });
  const constantsOfTwo = [...two.constants];
  [...one.constants].forEach(([value, data], i) => {
    const [other, otherData] = constantsOfTwo[i]!;
    emitted.set(
      value,
      constantFor(graph, [
        { value, data },
        { value: other, data: otherData },
      ]),
    );
  });

  /** A vector of integers that grows with the batch. */
  function growing(first: readonly number[], second: readonly number[]): Value {
    const slopes = first.map((x, i) => (second[i]! - x) / (sizes[1] - sizes[0]));
    const starts = first.map((x, i) => x - slopes[i]! * sizes[0]);
    if (![...slopes, ...starts].every(Number.isInteger))
      throw unlike(`[${first.join(", ")}] becomes [${second.join(", ")}]`);
    const length = [first.length];
    const grown = graph.node("Mul", [graph.integers(slopes), batch], length, "int64");
    return starts.every((x) => x === 0)
      ? grown
      : graph.node("Add", [graph.integers(starts), grown], length, "int64");
  }

  function constantFor(target: GraphBuilder, [a, b]: readonly [Constant, Constant]): Value {
    const { shape, dtype } = a.value;
    const sameShape = shape.join() === b.value.shape.join();
    if (sameShape && equal(a.data, b.data)) return target.constant(a.data, shape, dtype);
    if (sameShape && dtype === "int64" && shape.length === 1)
      return growing(Array.from(a.data, Number), Array.from(b.data, Number));
    if (sameShape && dtype === "int64" && shape.length === 0) {
      const vector = growing(Array.from(a.data, Number), Array.from(b.data, Number));
      return target.node("Squeeze", [vector], [], "int64");
    }
    const number = Number(a.data[0]);
    if ([...a.data, ...b.data].some((x) => !Object.is(Number(x), number)))
      throw unlike(`a constant of ${a.data.length} numbers is another one of ${b.data.length}`);
    const single = target.constant(elementsOf(dtype, [number]), [], dtype);
    return target.node(
      "Expand",
      [single, growing(shape, b.value.shape)],
      anyShape(a.value, b.value),
      dtype,
    );
  }

  one.nodes.forEach((node, i) => {
    const other = two.nodes[i]!;
    if (
      node.operator !== other.operator ||
      JSON.stringify(node.attributes) !== JSON.stringify(other.attributes)
    )
      throw unlike(`${node.operator} becomes ${other.operator}, or another one`);
    const outputs = emitStandard(
      graph,
      node.operator,
      node.inputs.map((value) => emitted.get(value)!),
      node.outputs.map((value, o) => ({
        shape: anyShape(value, other.outputs[o]!),
        dtype: value.dtype,
      })),
      node.attributes,
    );
    node.outputs.forEach((value, o) => emitted.set(value, outputs[o]!));
  });
  return Object.fromEntries(
    one.outputs.map(({ name: output, value }) => [output, emitted.get(value)!]),
  );
}

interface Constant {
  readonly value: Value;
  readonly data: ConstantData;
}

function equal(a: ConstantData, b: ConstantData): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

function anyShape(a: Value, b: Value): number[] {
  return a.shape.map((size, i) => (size === b.shape[i] ? size : ANY_SIZE));
}

/** A node in operators of the standard alone, so that any runtime can run it. */
function emitStandard(
  graph: GraphBuilder,
  operator: string,
  inputs: readonly Value[],
  outputs: readonly Value[],
  attributes: Attributes,
): readonly Value[] {
  if (operator !== "FusedMatMul")
    return graph.nodes(
      operator,
      inputs,
      outputs.map(({ shape }) => shape),
      outputs.map(({ dtype }) => dtype),
      attributes,
    );
  const flag = (name: string) => attributes[name]?.kind === "int" && attributes[name].value === 1;
  const turned = (value: Value, turn: boolean) => {
    if (!turn) return value;
    const axes = value.shape.map((_, i) => i);
    const perm = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
    return graph.node(
      "Transpose",
      [value],
      perm.map((axis) => value.shape[axis]!),
      value.dtype,
      {
        perm: { kind: "ints", value: perm },
      },
    );
  };
  const [a, b] = [turned(inputs[0]!, flag("transA")), turned(inputs[1]!, flag("transB"))];
  const { shape, dtype } = outputs[0]!;
  const product = graph.node("MatMul", [a, b], shape, dtype);
  const alpha = attributes["alpha"];
  if (alpha?.kind !== "float" || alpha.value === 1) return [product];
  return [graph.node("Mul", [product, graph.scalar(alpha.value, "float32")], shape, dtype)];
}
