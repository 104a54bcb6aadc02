import type { GraphBuilder } from "../onnx/builder.ts";
import { cast, elementType, promoted, promotedType } from "./dtype.ts";
import { choice } from "./params.ts";
import {
  elementwise,
  onBase,
  refuseWholeNumbers,
  type Equation,
  type LoweringRule,
} from "./rule.ts";
import type { View } from "./view.ts";

/** An operator of one operand. */
export function unary(operator: string): LoweringRule {
  return ({ graph, operands: [x] }) => [onBase(graph, operator, x!)];
}

/** An operator of one operand that is a real number. */
export function real(operator: string): LoweringRule {
  return (equation) => {
    const [x] = equation.operands;
    refuseWholeNumbers(equation, x!.base.dtype);
    return [onBase(equation.graph, operator, x!)];
  };
}

/** Rounding leaves integers alone. */
export function rounding(operator: "Floor" | "Ceil"): LoweringRule {
  return ({ graph, operands: [x] }) => [
    x!.base.dtype === "float32" ? onBase(graph, operator, x!) : x!,
  ];
}

/** An operator of two operands; on truth values, its logical counterpart. */
export function binary(operator: string, logical: "And" | "Or"): LoweringRule {
  return (equation) => {
    const { operands, dtype } = promoted(equation);
    return [elementwise(equation.graph, dtype === "bool" ? logical : operator, operands, dtype)];
  };
}

/** Remainder with the sign of the numerator, as in C. */
export const mod: LoweringRule = (equation) => {
  const { operands, dtype } = promoted(equation);
  return [elementwise(equation.graph, "Mod", operands, dtype, { fmod: { kind: "int", value: 1 } })];
};

/** Division rounded toward zero. ONNX does so for integers only. */
export const idiv: LoweringRule = (equation) => {
  const { graph } = equation;
  const { operands, dtype } = promoted(equation);
  const quotient = elementwise(graph, "Div", operands, dtype);
  if (dtype !== "float32") return [quotient];
  const whole = onBase(graph, "Floor", onBase(graph, "Abs", quotient));
  return [elementwise(graph, "Mul", [onBase(graph, "Sign", quotient), whole], dtype)];
};

export const identity: LoweringRule = ({ operands: [x] }) => [x!];

export const castRule: LoweringRule = ({ program, graph, operands: [x], params }) => [
  cast(graph, x!, elementType(String(params["dtype"]), program)),
];

const comparisons = {
  less: (graph: GraphBuilder, views: readonly View[]) => elementwise(graph, "Less", views, "bool"),
  less_equal: (graph: GraphBuilder, views: readonly View[]) =>
    elementwise(graph, "LessOrEqual", views, "bool"),
  equal: (graph: GraphBuilder, views: readonly View[]) =>
    elementwise(graph, "Equal", views, "bool"),
  not_equal: (graph: GraphBuilder, views: readonly View[]) =>
    onBase(graph, "Not", elementwise(graph, "Equal", views, "bool")),
} as const satisfies Record<string, (graph: GraphBuilder, views: readonly View[]) => View>;

/** Truth values are ordered as 0 and 1. */
export const compare: LoweringRule = (equation) => {
  const { graph, params } = equation;
  const operator = choice(params, "op", comparisons);
  const { operands, dtype } = promoted(equation);
  const ordered = operator === "less" || operator === "less_equal";
  const comparable =
    dtype === "bool" && ordered ? operands.map((view) => cast(graph, view, "int32")) : operands;
  return [comparisons[operator](graph, comparable)];
};

export const where: LoweringRule = ({ graph, operands: [condition, x, y], weak }: Equation) => {
  const dtype = promotedType([x!, y!], weak.slice(1));
  const branches = [x!, y!].map((view) => cast(graph, view, dtype));
  return [elementwise(graph, "Where", [condition!, ...branches], dtype)];
};
