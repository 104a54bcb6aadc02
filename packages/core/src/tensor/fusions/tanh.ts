import type { GraphBuilder } from "../onnx/builder.ts";
import { sameShape, type Value } from "../onnx/graph.ts";
import type { Fusion } from "../onnx/rewrite.ts";
import { eitherOrder, inputsOf, outputOf, pairsOf, plusNumber, scalarOf } from "./match.ts";

/**
 * jax-js computes tanh x as m (p - 1) / (p + 1), p = exp(2 m x), with the sign m = where(x < 0, 1, -1):
 * that is Tanh(x) = t. Its transposed derivative comes as m 2 p (h / (p + 1) - (p - 1) h / (p + 1)^2),
 * h = g m, and becomes g (1 - t^2).
 */
export const tanh: Fusion = ({ graph, node }) => {
  if (node.operator !== "Mul") return undefined;
  const { shape, dtype } = outputOf(node);
  for (const [sign, rest] of eitherOrder(node.inputs)) {
    const x = signedValue(graph, sign);
    if (x === undefined || !sameShape(x.shape, shape)) continue;
    if (pairsOf(graph, rest, "Mul").some(([q, s]) => isQuotient(graph, { q, s, x, sign })))
      return [graph.node("Tanh", [x], shape, dtype)];
    const g = derivativeOf(graph, rest, x, sign);
    if (g === undefined) continue;
    const t = graph.node("Tanh", [x], shape, dtype);
    const square = graph.node("Mul", [t, t], shape, dtype);
    const slope = graph.node("Sub", [graph.scalar(1, "float32"), square], shape, dtype);
    return [graph.node("Mul", [g, slope], shape, dtype)];
  }
  return undefined;
};

/** x, where `sign` is where(x < 0, 1, -1). */
function signedValue(graph: GraphBuilder, sign: Value): Value | undefined {
  const [condition, one, minusOne] = inputsOf(graph, sign, "Where") ?? [];
  if (one === undefined || minusOne === undefined) return undefined;
  if (scalarOf(graph, one) !== 1 || scalarOf(graph, minusOne) !== -1) return undefined;
  const [x, zero] = inputsOf(graph, condition, "Less") ?? [];
  return zero !== undefined && scalarOf(graph, zero) === 0 ? x : undefined;
}

interface Quotient {
  readonly q: Value;
  readonly s: Value;
  readonly x: Value;
  readonly sign: Value;
}

/** Whether q is p - 1 and s is 1 / (p + 1). */
function isQuotient(graph: GraphBuilder, { q, s, x, sign }: Quotient): boolean {
  const p = plusNumber(graph, q, -1);
  const sum = inputsOf(graph, s, "Reciprocal")?.[0];
  return (
    p !== undefined &&
    sum !== undefined &&
    plusNumber(graph, sum, 1) === p &&
    isPower(graph, p, x, sign)
  );
}

/** Whether `p` is exp(2 sign x). */
function isPower(graph: GraphBuilder, p: Value, x: Value, sign: Value): boolean {
  const exponent = inputsOf(graph, p, "Exp")?.[0];
  return pairsOf(graph, exponent, "Mul").some(
    ([half, two]) =>
      scalarOf(graph, two) === 2 &&
      pairsOf(graph, half, "Mul").some(([a, b]) => a === x && b === sign),
  );
}

/** g, where `value` is 2 p (h s - s^2 (q h)) with h = g sign. */
function derivativeOf(graph: GraphBuilder, value: Value, x: Value, sign: Value): Value | undefined {
  for (const [product, two] of pairsOf(graph, value, "Mul")) {
    if (scalarOf(graph, two) !== 2) continue;
    for (const [p, difference] of pairsOf(graph, product, "Mul")) {
      const [first, second] = inputsOf(graph, difference, "Sub") ?? [];
      if (!isPower(graph, p, x, sign)) continue;
      for (const [h, s] of pairsOf(graph, first, "Mul"))
        for (const [square, qh] of pairsOf(graph, second, "Mul")) {
          const factors = inputsOf(graph, square, "Mul");
          if (!factors?.every((factor) => factor === s)) continue;
          for (const [q, again] of pairsOf(graph, qh, "Mul")) {
            if (again !== h || !isQuotient(graph, { q, s, x, sign })) continue;
            for (const [g, m] of pairsOf(graph, h, "Mul")) if (m === sign) return g;
          }
        }
    }
  }
  return undefined;
}
