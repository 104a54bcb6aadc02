import type { GraphBuilder } from "../onnx/builder.ts";
import type { Attributes, GraphNode, Value } from "../onnx/graph.ts";
import type { Fusion, Site } from "../onnx/rewrite.ts";
import { eitherOrder, outputOf, pairsOf, scalarOf, source, reshaped } from "./match.ts";

const products = new Set(["FusedMatMul", "Gemm", "MatMul"]);

/**
 * A number that multiplies a product of matrices, or one of its operands, is the product's own factor
 * `alpha`; numbers that multiply one after the other become one.
 */
export const scale: Fusion = (site) =>
  site.node.operator === "Mul" ? ofResult(site) : ofOperands(site);

function ofResult({ graph, node, uses }: Site): readonly Value[] | undefined {
  const { shape, dtype } = outputOf(node);
  if (dtype !== "float32") return undefined;
  for (const [x, factor] of eitherOrder(node.inputs)) {
    const number = scalarOf(graph, factor);
    if (number === undefined || scalarOf(graph, x) !== undefined) continue;
    for (const [y, second] of pairsOf(graph, x, "Mul")) {
      const other = scalarOf(graph, second);
      if (other === undefined || uses(x) !== 1) continue;
      return [graph.node("Mul", [y, graph.scalar(number * other, dtype)], shape, dtype)];
    }
    const product = source(graph, x);
    const producer = graph.producer(product);
    if (producer === undefined || !products.has(producer.operator)) continue;
    if (producer.inputs.length > 2 || uses(x) !== 1 || uses(product) !== 1) continue;
    return [reshaped(graph, scaled(graph, producer, producer.inputs, number), shape)];
  }
  return undefined;
}

function ofOperands({ graph, node }: Site): readonly Value[] | undefined {
  if (!products.has(node.operator) || outputOf(node).dtype !== "float32") return undefined;
  let number = 1;
  const operands = node.inputs.slice(0, 2).map((value) => {
    const inner = source(graph, value);
    for (const [x, factor] of pairsOf(graph, inner, "Mul")) {
      const other = scalarOf(graph, factor);
      if (other === undefined || scalarOf(graph, x) !== undefined) continue;
      if (x.shape.length !== inner.shape.length) continue;
      number *= other;
      return reshaped(graph, x, value.shape);
    }
    return value;
  });
  if (number === 1) return undefined;
  return [scaled(graph, node, [...operands, ...node.inputs.slice(2)], number)];
}

function scaled(
  graph: GraphBuilder,
  node: GraphNode,
  inputs: readonly Value[],
  number: number,
): Value {
  const { shape, dtype } = outputOf(node);
  const alpha = node.attributes["alpha"];
  const before = alpha?.kind === "float" ? alpha.value : 1;
  const attributes: Attributes = {
    ...node.attributes,
    alpha: { kind: "float", value: before * number },
  };
  const operator = node.operator === "MatMul" ? "FusedMatMul" : node.operator;
  return graph.node(operator, inputs, shape, dtype, attributes);
}
