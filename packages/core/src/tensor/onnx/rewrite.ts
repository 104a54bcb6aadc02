import { graphBuilder, type GraphBuilder } from "./builder.ts";
import type { Graph, GraphNode, Value } from "./graph.ts";

/** A node about to be emitted into a new graph, and what is known around it. */
export interface Site {
  /** The new graph: `producer` and `constantData` look at what leads to the node. */
  readonly graph: GraphBuilder;
  /** The node, its inputs being values of the new graph. */
  readonly node: GraphNode;
  /**
   * How often a value is read by nodes and outputs of the graph being rewritten. A rewrite that folds
   * a node into its reader pays where the node has no other.
   */
  readonly uses: (value: Value) => number;
}

/**
 * Emits a node in a better form: one value for each of its outputs, of the same shapes and types and
 * equal elements but for rounding. Or nothing: the node stays as it is.
 */
export type Fusion = (site: Site) => readonly Value[] | undefined;

/** Emits the graph anew, node by node, giving each fusion in turn the chance to emit another form. */
export function rewritten(graph: Graph, fusion: Fusion): Graph {
  const builder = graphBuilder();
  const oldUses = countUses(graph);
  const uses = new Map<Value, number>();
  const moved = new Map<Value, Value>();
  const move = (before: Value, after: Value): void => {
    moved.set(before, after);
    uses.set(after, (uses.get(after) ?? 0) + (oldUses.get(before) ?? 0));
  };
  for (const { name, value } of graph.inputs)
    move(value, builder.input(name, value.shape, value.dtype));
  for (const [value, data] of graph.constants)
    move(value, builder.constant(data, value.shape, value.dtype));
  for (const { operator, inputs, outputs, attributes } of graph.nodes) {
    const sources = inputs.map((value) => moved.get(value)!);
    const node: GraphNode = { operator, inputs: sources, outputs, attributes };
    const emitted =
      fusion({ graph: builder, node, uses: (value) => uses.get(value) ?? 0 }) ??
      builder.nodes(
        operator,
        sources,
        outputs.map(({ shape }) => shape),
        outputs.map(({ dtype }) => dtype),
        attributes,
      );
    for (const [i, value] of outputs.entries()) move(value, emitted[i]!);
  }
  return builder.build(
    graph.outputs.map(({ name, value }) => ({ name, value: moved.get(value)! })),
  );
}

function countUses(graph: Graph): Map<Value, number> {
  const uses = new Map<Value, number>();
  const use = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(use);
  for (const output of graph.outputs) use(output.value);
  return uses;
}

/** The graph without nodes and constants that no output needs. */
export function withoutDeadCode(graph: Graph): Graph {
  const live = new Set<Value>(graph.outputs.map((port) => port.value));
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((value) => live.has(value))) continue;
    for (const value of node.inputs) live.add(value);
    nodes.push(node);
  }
  const constants = new Map([...graph.constants].filter(([value]) => live.has(value)));
  return { ...graph, nodes: nodes.toReversed(), constants };
}
