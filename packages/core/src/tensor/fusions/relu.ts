import type { GraphBuilder } from "../onnx/builder.ts";
import { elements, type Value } from "../onnx/graph.ts";
import type { Fusion } from "../onnx/rewrite.ts";
import { eitherOrder, inputsOf, outputOf, scalarOf } from "./match.ts";

/** The largest float32: any number that is not denormal, times this, is more than 1. */
const STEEP = 3.4028234663852886e38;

/** max(0, x) = Relu(x), which ONNX Runtime computes together with the product that gives x. */
export const relu: Fusion = ({ graph, node }) => {
  if (node.operator !== "Max") return undefined;
  const { shape, dtype } = outputOf(node);
  for (const [zero, x] of eitherOrder(node.inputs))
    if (dtype === "float32" && scalarOf(graph, zero) === 0 && elements(zero.shape) === 1)
      return [graph.node("Relu", [x], shape, dtype)];
  return undefined;
};

/**
 * The gradient g of relu(x), where(x > 0, g, 0) or where(x < 0, 0, g), as a product of g and a step
 * function: HardSigmoid(x) = clamp(alpha x + beta, 0, 1). ONNX Runtime's Where uses one thread, and is
 * slower even there.
 */
export const reluGradient: Fusion = ({ graph, node }) => {
  if (node.operator !== "Where") return undefined;
  const [condition, yes, no] = [node.inputs[0]!, node.inputs[1]!, node.inputs[2]!];
  const compared = inputsOf(graph, condition, "Less");
  if (compared === undefined) return undefined;
  const [low, high] = [compared[0]!, compared[1]!];
  if (scalarOf(graph, low) === 0 && scalarOf(graph, no) === 0)
    return gradient(graph, { g: yes, x: high, slopeAtZero: 0 });
  if (scalarOf(graph, high) === 0 && scalarOf(graph, yes) === 0)
    return gradient(graph, { g: no, x: low, slopeAtZero: 1 });
  return undefined;
};

interface Gradient {
  readonly g: Value;
  readonly x: Value;
  readonly slopeAtZero: 0 | 1;
}

function gradient(graph: GraphBuilder, { g, x, slopeAtZero }: Gradient): Value[] | undefined {
  const y = graph.existing("Relu", [x], "float32");
  const alike = elements(x.shape) === elements(g.shape) && x.shape.length === g.shape.length;
  if (y === undefined || !alike || !isMixture(graph, g)) return undefined;
  // Steps up at 0 itself need the sign of x; else its positive part tells as much, and x can go.
  const from = slopeAtZero === 0 ? y : x;
  const step = graph.node("HardSigmoid", [from], g.shape, "float32", {
    alpha: { kind: "float", value: STEEP },
    beta: { kind: "float", value: slopeAtZero },
  });
  return [graph.node("Mul", [g, step], g.shape, "float32")];
}

const harmless = new Set(["Add", "Mul", "Neg", "Relu", "Reshape", "Sub"]);
const mixing = new Set(["FusedMatMul", "Gemm", "MatMul", "ReduceSum"]);

/**
 * Whether nothing on the way to g could have made an element infinite or no number just where the
 * condition hides it, as in where(x > 0, log(x), 0): only sums and products of what mixes or repeats
 * elements of other tensors.
 */
function isMixture(graph: GraphBuilder, g: Value): boolean {
  const size = elements(g.shape);
  const seen = new Set<Value>();
  const visit = (value: Value): boolean => {
    if (seen.has(value) || elements(value.shape) < size) return true;
    seen.add(value);
    const node = graph.producer(value);
    if (node === undefined) return graph.constantData(value) !== undefined;
    if (mixing.has(node.operator)) return true;
    if (node.operator === "Where" || node.operator === "HardSigmoid") return true;
    return harmless.has(node.operator) && node.inputs.every(visit);
  };
  return visit(g);
}
