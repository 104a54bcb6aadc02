import { bitCombine } from "./bits.ts";
import { conv } from "./convolution.ts";
import { cast, promoted } from "./dtype.ts";
import { dot } from "./dot.ts";
import {
  binary,
  castRule,
  compare,
  identity,
  idiv,
  mod,
  real,
  rounding,
  unary,
  where,
} from "./elementwise.ts";
import { erfc } from "./erfc.ts";
import { gather, scatter } from "./indexing.ts";
import { choice, integers } from "./params.ts";
import { pool, poolTranspose } from "./pool.ts";
import { reduced, reductions } from "./reduce.ts";
import type { LoweringRule } from "./rule.ts";
import {
  broadcastRule,
  concatenate,
  flip,
  pad,
  reshapeRule,
  shrink,
  split,
  transpose,
} from "./shape.ts";
import { argsort, sort } from "./sort.ts";

const dotRule: LoweringRule = (equation) => {
  const { operands } = promoted(equation);
  return [dot(equation.graph, operands[0]!, operands[1]!)];
};

/** Truth values reduce as 0 and 1: min is "all", max is "any". */
const reduceRule: LoweringRule = ({ graph, operands: [x], params }) => {
  const truth = x!.base.dtype === "bool";
  const numbers = truth ? cast(graph, x!, "int32") : x!;
  const result = reduced(
    graph,
    numbers,
    integers(params, "axis"),
    choice(params, "op", reductions),
  );
  return [truth ? cast(graph, result, "bool") : result];
};

/** Every jax-js primitive that programs may use. Adding one adds one line. */
export const rules = {
  add: binary("Add", "Or"),
  argsort,
  asin: real("Asin"),
  atan: real("Atan"),
  bit_combine: bitCombine,
  broadcast: broadcastRule,
  cast: castRule,
  ceil: rounding("Ceil"),
  compare,
  concatenate,
  conv,
  cos: real("Cos"),
  dot: dotRule,
  erf: real("Erf"),
  erfc,
  exp: real("Exp"),
  flip,
  floor: rounding("Floor"),
  gather,
  idiv,
  log: real("Log"),
  max: binary("Max", "Or"),
  min: binary("Min", "And"),
  mod,
  mul: binary("Mul", "And"),
  neg: unary("Neg"),
  pad,
  pool,
  pool_transpose: poolTranspose,
  reciprocal: real("Reciprocal"),
  reduce: reduceRule,
  reshape: reshapeRule,
  scatter,
  shrink,
  sin: real("Sin"),
  sort,
  split,
  sqrt: real("Sqrt"),
  stop_gradient: identity,
  transpose,
  where,
} as const satisfies Readonly<Record<string, LoweringRule>>;

/** The jax-js primitives that programs may use, by name. */
export const supportedPrimitives: readonly string[] = Object.keys(rules);
