import { AtollError } from "../../errors/index.ts";
import type { GraphBuilder } from "../onnx/builder.ts";
import type { ElementType } from "../onnx/graph.ts";
import { elementTypeNumber } from "../onnx/writer.ts";
import type { Equation } from "./rule.ts";
import type { View } from "./view.ts";

/** The element types that computations may use inside a program. */
type Computed = "float32" | "int32" | "bool";

const rank: Readonly<Record<ElementType, number>> = {
  bool: 0,
  int32: 1,
  int64: 2,
  float32: 3,
  float64: 4,
  string: 5,
};

export function elementType(dtype: string, program: string): Computed {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  const truth = dtype === "uint32" ? " (jax-js gives uint32 for a truth value and a number)" : "";
  throw new AtollError(
    "TENSOR_UNSUPPORTED_DTYPE",
    `program "${program}": element type ${dtype}${truth} is not one of float32, int32 and bool; ` +
      `cast with .astype(np.float32) or .astype(np.int32)`,
  );
}

export function cast(graph: GraphBuilder, view: View, dtype: ElementType): View {
  const { base, axes } = view;
  if (base.dtype === dtype) return view;
  const to = { to: { kind: "int", value: elementTypeNumber[dtype] } } as const;
  return { base: graph.node("Cast", [base], base.shape, dtype, to), axes };
}

/** The type two or more operands meet at: float32 over int32 over bool, weak operands yielding. */
export function promotedType(operands: readonly View[], weak: readonly boolean[]): ElementType {
  const highest = (views: readonly View[]): ElementType =>
    views.map((view) => view.base.dtype).reduce((a, b) => (rank[a] >= rank[b] ? a : b));
  const strong = operands.filter((_, i) => !weak[i]);
  if (strong.length === 0) return highest(operands);
  const type = highest(strong);
  return type === "bool" && strong.length < operands.length ? highest(operands) : type;
}

/** All operands in the type they meet at. */
export function promoted({ graph, operands, weak }: Equation): {
  readonly operands: readonly View[];
  readonly dtype: ElementType;
} {
  const dtype = promotedType(operands, weak);
  return { operands: operands.map((view) => cast(graph, view, dtype)), dtype };
}
