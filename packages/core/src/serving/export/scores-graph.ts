import type { Factors } from "../../models/collaborative/index.ts";
import { ANY_SIZE, type GraphBuilder, type Port, type Value } from "../../tensor/index.ts";
import { outputNames } from "./outputs.ts";

export function toDouble(graph: GraphBuilder, value: Value): Value {
  return graph.node("Cast", [value], value.shape, "float64", { to: { kind: "int", value: 11 } });
}

/** <users_u, items_i> + bias_i in doubles, [batch], of numbers of users and items, [batch]. */
export function productOf(
  graph: GraphBuilder,
  { width, users, items, bias }: Factors,
  { user, item }: { readonly user: Value; readonly item: Value },
): Value {
  const vectors = (data: Float32Array, at: Value) => {
    const table = graph.constant(data, [data.length / width, width], "float32");
    const found = graph.node("Gather", [table, at], [ANY_SIZE, width], "float32");
    return toDouble(graph, found);
  };
  const products = graph.node(
    "Mul",
    [vectors(users, user), vectors(items, item)],
    [ANY_SIZE, width],
    "float64",
  );
  const sum = graph.node("ReduceSum", [products, graph.integers([1])], [ANY_SIZE], "float64", {
    keepdims: { kind: "int", value: 0 },
  });
  if (bias === undefined) return sum;
  const biases = graph.constant(bias, [bias.length], "float32");
  const own = graph.node("Gather", [biases, item], [ANY_SIZE], "float32");
  return graph.node("Add", [sum, toDouble(graph, own)], [ANY_SIZE], "float64");
}

/** 1 / (1 + exp(-z)) in doubles, so that large log-odds are not all 1; task by task. */
export function probabilities(
  graph: GraphBuilder,
  logits: Value,
  tasks: readonly string[],
): readonly Port[] {
  const wide = logits.dtype === "float64" ? logits : toDouble(graph, logits);
  const { shape } = wide;
  const double = (operator: string, inputs: readonly Value[]) =>
    graph.node(operator, inputs, shape, "float64");
  const one = graph.scalar(1, "float64");
  const scores = double("Div", [one, double("Add", [one, double("Exp", [double("Neg", [wide])])])]);
  const names = outputNames(tasks);
  if (shape.length === 1) return [{ name: names[0]!, value: scores }];
  return names.map((name, t) => ({
    name,
    value: graph.node("Gather", [scores, graph.scalar(t, "int64")], [ANY_SIZE], "float64", {
      axis: { kind: "int", value: 1 },
    }),
  }));
}
