import { fusions } from "../fusions/registry.ts";
import type { Graph, GraphNode, Value } from "./graph.ts";
import { rewritten, withoutDeadCode } from "./rewrite.ts";
import { scheduled } from "./schedule.ts";

/**
 * The graph with products that come out as they are wanted, every fusion applied, nothing that no
 * output needs, and a node of its own for every output to be named by.
 */
export function optimised(graph: Graph): Graph {
  const folded = withFoldedTransposes(graph);
  let current = withoutDeadCode(folded);
  // A product that was turned may equal another.
  let mayRepeat = folded !== graph;
  for (const fusion of Object.values(fusions)) {
    const next = rewritten(current, fusion, { mayRepeat });
    if (next !== current) current = withoutDeadCode(next);
    mayRepeat = false;
  }
  return scheduled(withNamedOutputs(current));
}

/**
 * Transpose(Gemm(A, B)) = Gemm(B', A') where nothing else reads the product: the gradient of a weight
 * then comes out as the weight lies.
 */
function withFoldedTransposes(graph: Graph): Graph {
  const uses = countUses(graph);
  const producers = new Map<Value, GraphNode>();
  for (const node of graph.nodes) for (const value of node.outputs) producers.set(value, node);
  const nodes = graph.nodes.map((node): GraphNode => {
    if (node.operator !== "Transpose" || node.outputs[0]!.shape.length !== 2) return node;
    const product = producers.get(node.inputs[0]!);
    if (product?.operator !== "Gemm" || uses.get(node.inputs[0]!) !== 1) return node;
    const flipped = (name: string) => product.attributes[name] === undefined;
    return {
      operator: "Gemm",
      inputs: product.inputs.toReversed(),
      outputs: node.outputs,
      attributes: {
        ...(flipped("transB") ? { transA: { kind: "int", value: 1 } } : {}),
        ...(flipped("transA") ? { transB: { kind: "int", value: 1 } } : {}),
      },
    };
  });
  return nodes.every((node, i) => node === graph.nodes[i]) ? graph : { ...graph, nodes };
}

function countUses(graph: Graph): Map<Value, number> {
  const uses = new Map<Value, number>();
  const use = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(use);
  for (const output of graph.outputs) use(output.value);
  return uses;
}

/** An output that is an input, a constant or another output is copied. */
function withNamedOutputs(graph: Graph): Graph {
  const taken = new Set<Value>([
    ...graph.inputs.map((port) => port.value),
    ...graph.constants.keys(),
  ]);
  const nodes = [...graph.nodes];
  const outputs = graph.outputs.map(({ name, value }) => {
    if (!taken.has(value)) {
      taken.add(value);
      return { name, value };
    }
    const copy: Value = { shape: value.shape, dtype: value.dtype };
    nodes.push({ operator: "Identity", inputs: [value], outputs: [copy], attributes: {} });
    return { name, value: copy };
  });
  return { ...graph, nodes, outputs };
}
