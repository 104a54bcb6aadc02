import * as fc from "fast-check";
import { expect, test } from "vitest";
import { graphBuilder } from "./builder.ts";
import type { Graph, Value } from "./graph.ts";
import { scheduled } from "./schedule.ts";

/** A chain x, f(x), f(f(x)), ... and a look at each of its values, written after the whole chain. */
function chainWithLooks(length: number): Graph {
  const builder = graphBuilder();
  const chain: Value[] = [builder.input("x", [2], "float32")];
  for (let i = 0; i < length; i++) chain.push(builder.node("Exp", [chain.at(-1)!], [2], "float32"));
  const looks = chain.slice(1).map((value) => builder.node("Neg", [value], [2], "float32"));
  const all = builder.node("Concat", looks, [2 * length], "float32", {
    axis: { kind: "int", value: 0 },
  });
  return builder.build([{ name: "all", value: all }]);
}

/** The order in which ONNX Runtime runs a graph: depth first, the last of a node's sources first. */
function executionOrder(graph: Graph): string[] {
  const index = new Map(graph.nodes.map((node, i) => [node, i]));
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((out) => [out, node])));
  const order: string[] = [];
  const seen = new Set<unknown>();
  const visit = (value: Value): void => {
    const node = producers.get(value);
    if (node === undefined || seen.has(node)) return;
    seen.add(node);
    const inputs = node.inputs.toSorted(
      (a, b) => (index.get(producers.get(b)!) ?? -1) - (index.get(producers.get(a)!) ?? -1),
    );
    inputs.forEach(visit);
    order.push(node.operator);
  };
  graph.outputs.forEach(({ value }) => visit(value));
  return order;
}

test("what reads a value of a chain runs before the chain goes on", () => {
  const graph = chainWithLooks(3);
  expect(graph.nodes.map((node) => node.operator).join(" ")).toBe("Exp Exp Exp Neg Neg Neg Concat");
  expect(executionOrder(scheduled(graph)).join(" ")).toBe("Exp Neg Exp Neg Exp Neg Concat");
});

test("a scheduled graph has the same nodes, each after those whose values it reads", () => {
  const links = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(links, (pairs) => {
      const builder = graphBuilder();
      const values: Value[] = [builder.input("x", [1], "float32")];
      for (const [a, b] of pairs)
        values.push(
          builder.node(
            "Sub",
            [values[a % values.length]!, values[b % values.length]!],
            [1],
            "float32",
          ),
        );
      const before = builder.build([{ name: "y", value: values.at(-1)! }]);
      const after = scheduled(before);
      expect(new Set(after.nodes)).toEqual(new Set(before.nodes));
      expect(after.nodes).toHaveLength(before.nodes.length);
      const known = new Set<Value>([values[0]!]);
      for (const node of after.nodes) {
        for (const value of node.inputs) expect(known.has(value)).toBe(true);
        node.outputs.forEach((value) => known.add(value));
      }
    }),
  );
});
