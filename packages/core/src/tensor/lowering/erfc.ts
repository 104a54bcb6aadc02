import type { GraphBuilder } from "../onnx/builder.ts";
import { elementwise, onBase, refuseWholeNumbers, type LoweringRule } from "./rule.ts";
import { viewOf, type View } from "./view.ts";

/** Below this, 1 - erf(x) is exact enough; above, it cancels. */
const TAIL = 0.5;

/**
 * Coefficients of the logarithm of erfc(x) e^(x^2) / t as a polynomial in t = 1 / (1 + x / 2), from the
 * highest power down. Press et al., Numerical Recipes, 6.2: `erfcc`, relative error below 1.2e-7.
 */
const coefficients = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
  1.00002368, -1.26551223,
] as const;

/**
 * erfc(x) = 1 - erf(x), which ONNX does not have, with relative accuracy in the right tail. The exact
 * gelu, x / 2 erfc(-x / sqrt 2), multiplies the tail by small numbers and needs absolute accuracy only:
 * there, the plain difference does, as in PyTorch.
 */
export const erfc: LoweringRule = (equation) => {
  const { graph, operands } = equation;
  const x = operands[0]!;
  refuseWholeNumbers(equation, x.base.dtype);
  const head = calculator(graph).subtract(1, onBase(graph, "Erf", x));
  if (isGelu(graph, x)) return [head];
  const inTail = elementwise(graph, "Less", [number(graph, TAIL), x], "bool");
  return [elementwise(graph, "Where", [inTail, tail(graph, x), head], "float32")];
};

function tail(graph: GraphBuilder, operand: View): View {
  const { add, multiply, subtract } = calculator(graph);
  const x = elementwise(graph, "Max", [operand, number(graph, TAIL)], "float32");
  const t = onBase(graph, "Reciprocal", add(multiply(x, 0.5), 1));
  const [first, ...others] = coefficients;
  const polynomial = others.reduce<View>(
    (sum, coefficient) => add(multiply(sum, t), coefficient),
    number(graph, first),
  );
  return multiply(t, onBase(graph, "Exp", subtract(polynomial, multiply(x, x))));
}

/** Whether x is Neg(Mul(_, sqrt 1/2)). */
function isGelu(graph: GraphBuilder, { base }: View): boolean {
  const negation = graph.producer(base);
  const product = negation?.operator === "Neg" ? graph.producer(negation.inputs[0]!) : undefined;
  const halfRoot = Math.fround(Math.SQRT1_2);
  return (
    product?.operator === "Mul" &&
    product.inputs.some((value) => graph.constantData(value)?.[0] === halfRoot)
  );
}

type Term = View | number;

function calculator(graph: GraphBuilder) {
  const operator = (name: string) => (a: Term, b: Term) =>
    elementwise(graph, name, [number(graph, a), number(graph, b)], "float32");
  return { add: operator("Add"), multiply: operator("Mul"), subtract: operator("Sub") };
}

function number(graph: GraphBuilder, term: Term): View {
  return typeof term === "number" ? viewOf(graph.scalar(term, "float32")) : term;
}
