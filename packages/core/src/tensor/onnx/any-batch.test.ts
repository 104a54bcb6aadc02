import { describe, expect, test } from "vitest";
import { emitForAnyBatch } from "./any-batch.ts";
import { graphBuilder } from "./builder.ts";
import { ANY_SIZE, type Graph, type Value } from "./graph.ts";

/** A program of one input x [size, 2] for a batch of a size. */
function program(size: number, body: (graph: ReturnType<typeof graphBuilder>, x: Value) => Value) {
  const graph = graphBuilder();
  const x = graph.input("x", [size, 2], "float32");
  return graph.build([{ name: "y", value: body(graph, x) }]);
}

function emitted(graphs: readonly [Graph, Graph]): Graph {
  const graph = graphBuilder();
  const x = graph.input("rows", [ANY_SIZE, 2], "float32");
  const batch = graph.input("n", [1], "int64");
  const { y } = emitForAnyBatch(
    graph,
    { name: "p", graphs, sizes: [7, 11] },
    { inputs: { x }, batch },
  );
  return graph.build([{ name: "y", value: y! }]);
}

const atBoth = (body: (size: number) => Graph) => emitted([body(7), body(11)]);

describe("emitForAnyBatch", () => {
  test("a shape that grows becomes a + b n", () => {
    const graph = atBoth((size) =>
      program(size, (own, x) =>
        own.node("Reshape", [x, own.integers([2 * size + 1, -1])], [2 * size + 1, 1], "float32"),
      ),
    );
    expect(graph.nodes.map(({ operator }) => operator)).toEqual(["Mul", "Add", "Reshape"]);
    const [mul, add] = graph.nodes;
    expect([...graph.constants.get(mul!.inputs[0]!)!]).toEqual([2n, 0n]);
    expect([...graph.constants.get(add!.inputs[0]!)!]).toEqual([1n, -1n]);
    expect(graph.outputs[0]!.value.shape).toEqual([ANY_SIZE, 1]);
  });

  test("a constant that grows is one number, expanded", () => {
    const graph = atBoth((size) =>
      program(size, (own, x) => {
        const twos = own.constant(new Float32Array(size * 2).fill(2), [size, 2], "float32");
        return own.node("Mul", [x, twos], [size, 2], "float32");
      }),
    );
    expect(graph.nodes.map(({ operator }) => operator)).toEqual(["Mul", "Add", "Expand", "Mul"]);
  });

  test("a product of the runtime's own is one of the standard's", () => {
    const graph = atBoth((size) =>
      program(size, (own, x) =>
        own.node("FusedMatMul", [x, x], [2, 2], "float32", {
          transA: { kind: "int", value: 1 },
          alpha: { kind: "float", value: 0.5 },
        }),
      ),
    );
    expect(graph.nodes.map(({ operator }) => operator)).toEqual(["Transpose", "MatMul", "Mul"]);
  });

  test("what is not linear in the batch is refused", () => {
    const told = (body: (size: number) => Graph) => () => atBoth(body);
    expect(
      told((size) =>
        program(size, (own, x) => {
          const rows = Float32Array.from({ length: size * 2 }, (_, i) => i);
          return own.node(
            "Add",
            [x, own.constant(rows, [size, 2], "float32")],
            [size, 2],
            "float32",
          );
        }),
      ),
    ).toThrow("a constant of 14 numbers is another one of 22");
    expect(
      told((size) =>
        program(size, (own, x) =>
          own.node("Reshape", [x, own.integers([size === 7 ? 3 : 4])], [size], "float32"),
        ),
      ),
    ).toThrow("[3] becomes [4]");
    expect(
      told((size) =>
        program(size, (own, x) => own.node(size === 7 ? "Abs" : "Neg", [x], [size, 2], "float32")),
      ),
    ).toThrow("Abs becomes Neg");
  });
});
