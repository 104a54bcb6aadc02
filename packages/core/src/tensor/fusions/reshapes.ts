import type { Fusion } from "../onnx/rewrite.ts";
import { outputOf, reshaped, source } from "./match.ts";

/** Reshapes after one another are one, or none. */
export const reshapes: Fusion = ({ graph, node }) =>
  node.operator === "Reshape"
    ? [reshaped(graph, source(graph, node.inputs[0]!), outputOf(node).shape)]
    : undefined;
