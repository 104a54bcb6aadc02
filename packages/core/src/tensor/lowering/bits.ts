import { promoted } from "./dtype.ts";
import { choice } from "./params.ts";
import { elementwise, type LoweringRule } from "./rule.ts";

/** jax-js's name of a combination, and ONNX's for integers and for truth values. */
const combinations = {
  and: ["BitwiseAnd", "And"],
  or: ["BitwiseOr", "Or"],
  xor: ["BitwiseXor", "Xor"],
} as const;

/** Combines integers bit by bit, and truth values. */
export const bitCombine: LoweringRule = (equation) => {
  const { operands, dtype } = promoted(equation);
  const [bitwise, logical] = combinations[choice(equation.params, "op", combinations)];
  const operator = dtype === "bool" ? logical : bitwise;
  return [elementwise(equation.graph, operator, operands, dtype)];
};
