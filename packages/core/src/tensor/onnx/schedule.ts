import type { Graph, GraphNode, Value } from "./graph.ts";

/**
 * Reorders the nodes so that ONNX Runtime runs each soon after what it reads, while that lies in the
 * cache, and memory is free again early. Gradients of weights come last as jax-js writes them, when
 * the tensors of every layer have long gone cold.
 *
 * ONNX Runtime starts from the outputs and goes down to what they read, the node that is last in the
 * file first. So what can run early must come late in the file, as far as the order allows: the file
 * is filled from its end, each time with the node that can run first.
 */
export function scheduled(graph: Graph): Graph {
  const producers = new Map<Value, GraphNode>();
  for (const node of graph.nodes) for (const value of node.outputs) producers.set(value, node);
  const sourcesOf = (node: GraphNode): ReadonlySet<GraphNode> =>
    new Set(node.inputs.flatMap((value) => producers.get(value) ?? []));

  const depth = new Map<GraphNode, number>();
  const start = new Map<GraphNode, number>();
  const waiting = new Map<GraphNode, number>();
  for (const node of graph.nodes) {
    const sources = [...sourcesOf(node)];
    depth.set(node, 1 + Math.max(0, ...sources.map((source) => depth.get(source)!)));
    const starts = sources.map((source) => start.get(source)!);
    start.set(node, node.operator === "Concat" ? Math.min(...starts) : depth.get(node)!);
    for (const source of sources) waiting.set(source, (waiting.get(source) ?? 0) + 1);
  }

  const reversed: GraphNode[] = [];
  const ready = graph.nodes.filter((node) => !waiting.has(node));
  while (ready.length > 0) {
    const next = takeEarliest(ready, start);
    reversed.push(next);
    for (const source of sourcesOf(next)) {
      const left = waiting.get(source)! - 1;
      waiting.set(source, left);
      if (left === 0) ready.push(source);
    }
  }
  return { ...graph, nodes: reversed.toReversed() };
}

function takeEarliest(ready: GraphNode[], start: ReadonlyMap<GraphNode, number>): GraphNode {
  let best = 0;
  for (const i of ready.keys()) if (start.get(ready[i]!)! < start.get(ready[best]!)!) best = i;
  return ready.splice(best, 1)[0]!;
}
