import type { GraphBuilder } from "../onnx/builder.ts";
import { materialised } from "./arrange.ts";
import { cast } from "./dtype.ts";
import type { LoweringRule } from "./rule.ts";
import { viewOf, type View } from "./view.ts";

/** Ascending along the last axis; of equal elements, the one with the smaller index first. */
function sorted(graph: GraphBuilder, view: View): readonly [View, View] {
  const value = materialised(graph, view);
  const { shape, dtype } = value;
  const inputs = [value, graph.integers([shape.at(-1)!])];
  const [values, indices] = graph.nodes("TopK", inputs, [shape, shape], [dtype, "int64"], {
    axis: { kind: "int", value: -1 },
    largest: { kind: "int", value: 0 },
  });
  return [viewOf(values!), cast(graph, viewOf(indices!), "int32")];
}

export const sort: LoweringRule = ({ graph, operands: [x] }) => [sorted(graph, x!)[0]];

export const argsort: LoweringRule = ({ graph, operands: [x] }) => sorted(graph, x!);
