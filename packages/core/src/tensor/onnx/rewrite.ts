import { adoptingBuilder, type GraphBuilder } from "./builder.ts";
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

/** Of what is known of a graph before it is rewritten. */
export interface RewriteOptions {
  /** Whether it may have equal nodes. Default: no, as no builder makes any. */
  readonly mayRepeat?: boolean;
}

/**
 * Emits the graph anew, node by node, giving each fusion in turn the chance to emit another form. A graph with nothing to
 * rewrite comes back itself.
 */
export function rewritten(
  graph: Graph,
  fusion: Fusion,
  { mayRepeat = false }: RewriteOptions = {},
): Graph {
  const builder = adoptingBuilder(graph);
  const oldUses = countUses(graph);
  const uses = new Map(oldUses);
  const moved = new Map<Value, Value>();
  const movedOf = (value: Value) => moved.get(value) ?? value;
  // Up to the first node in another form all values are those of the graph, and no two nodes are equal.
  let isSame = !mayRepeat;
  for (const old of graph.nodes) {
    const { operator, outputs, attributes } = old;
    const node = isSame ? old : { ...old, inputs: old.inputs.map(movedOf) };
    const emitted = fusion({ graph: builder, node, uses: (value) => uses.get(value) ?? 0 });
    isSame &&= emitted === undefined && builder.hasOnlyAdopted();
    if (isSame) {
      builder.adopt(old);
      continue;
    }
    const values =
      emitted ??
      builder.nodes(
        operator,
        node.inputs,
        outputs.map(({ shape }) => shape),
        outputs.map(({ dtype }) => dtype),
        attributes,
      );
    for (const [i, before] of outputs.entries()) {
      const after = values[i]!;
      moved.set(before, after);
      uses.set(after, (uses.get(after) ?? 0) + (oldUses.get(before) ?? 0));
    }
  }
  if (isSame) return graph;
  return builder.build(graph.outputs.map(({ name, value }) => ({ name, value: movedOf(value) })));
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
