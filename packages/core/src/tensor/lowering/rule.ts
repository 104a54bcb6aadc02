import { AtollError } from "../../errors/index.ts";
import type { GraphBuilder } from "../onnx/builder.ts";
import type { Attributes, ElementType } from "../onnx/graph.ts";
import type { Params } from "./params.ts";
import { pointwise } from "./pointwise.ts";
import type { View } from "./view.ts";

/** One equation of a Jaxpr, its operands already lowered. */
export interface Equation {
  /** The program's name, for errors. */
  readonly program: string;
  /** The primitive's name, for errors. */
  readonly primitive: string;
  readonly graph: GraphBuilder;
  readonly operands: readonly View[];
  /** Whether each operand is weakly typed: a plain number that takes the type of its partner. */
  readonly weak: readonly boolean[];
  readonly params: Params;
}

/** Lowers one primitive: a view for each result. */
export type LoweringRule = (equation: Equation) => readonly View[];

/** The result of another primitive of one operand, as a step of lowering the present one. */
export function apply(
  rule: LoweringRule,
  { program, primitive, graph }: Equation,
  operand: View,
  params: Params,
): View {
  return rule({ program, primitive, graph, operands: [operand], weak: [false], params })[0]!;
}

/** Applies a one-operand operator to the base; the axes stay. */
export function onBase(
  graph: GraphBuilder,
  operator: string,
  view: View,
  dtype: ElementType = view.base.dtype,
): View {
  return { base: graph.node(operator, [view.base], view.base.shape, dtype), axes: view.axes };
}

/** Applies an element-wise operator of several operands. */
export function elementwise(
  graph: GraphBuilder,
  operator: string,
  operands: readonly View[],
  dtype: ElementType,
  attributes?: Attributes,
): View {
  return pointwise(graph, operands, (values, shape) =>
    graph.node(operator, values, shape, dtype, attributes),
  );
}

/** Functions of real numbers are not defined on integers and truth values, in jax-js neither. */
export function refuseWholeNumbers({ program, primitive }: Equation, dtype: ElementType): void {
  if (dtype === "float32") return;
  throw new AtollError(
    "TENSOR_UNSUPPORTED_DTYPE",
    `program "${program}": "${primitive}" is defined for float32, and this operand is ${dtype}; ` +
      `cast it with .astype(np.float32) first`,
  );
}
