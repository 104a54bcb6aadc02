import { numpy as np, type ClosedJaxpr } from "@jax-js/jax";
import { AtollError } from "../../errors/index.ts";
import { elementsOf, graphBuilder, type GraphBuilder } from "../onnx/builder.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import { optimised } from "../onnx/optimise.ts";
import type { Operation } from "../call-site.ts";
import type { TensorSpec } from "../types.ts";
import { materialised } from "./arrange.ts";
import { elementType } from "./dtype.ts";
import { wayOut } from "./refused.ts";
import type { LoweringRule } from "./rule.ts";
import { rules } from "./rules.ts";
import { viewOf, type View } from "./view.ts";

type Jaxpr = ClosedJaxpr["jaxpr"];
type Equations = Jaxpr["eqns"];
type Atom = Jaxpr["outs"][number];
type Binder = Jaxpr["inBinders"][number];

/** Where the user's function calls an operation, if that can be found out. */
export type Locate = (operation: Operation) => string | undefined;

/**
 * Lowers a flattened Jaxpr to an ONNX graph. Its constants, which are its first binders, become
 * initialisers; the binders that follow are `inputs`, in order. Errors name the equation at fault and,
 * by `locate`, the line that asked for it.
 */
export function lower(
  program: string,
  closed: ClosedJaxpr,
  inputs: readonly TensorSpec[],
  outputs: readonly TensorSpec[],
  locate: Locate,
): Graph {
  const { jaxpr, consts } = closed;
  const attempt = (equation: Equations[number], body: () => void): void => {
    try {
      body();
    } catch (error) {
      throw located(error, equation, locate);
    }
  };
  for (const equation of jaxpr.eqns) attempt(equation, () => ruleOf(equation.primitive, program));
  const graph = graphBuilder();
  const environment = new Map<Binder, View>();
  for (const [i, constant] of consts.entries())
    environment.set(jaxpr.inBinders[i]!, viewOf(initialiser(graph, constant, program)));
  for (const [i, { name, shape, dtype }] of inputs.entries())
    environment.set(jaxpr.inBinders[consts.length + i]!, viewOf(graph.input(name, shape, dtype)));

  const read = (atom: Atom): View =>
    "value" in atom
      ? viewOf(graph.scalar(atom.value, elementType(atom.dtype, program)))
      : environment.get(atom)!;

  const lowerEquation = ({ primitive, inputs, params, outBinders }: Equations[number]): void => {
    const rule = ruleOf(primitive, program);
    for (const { aval } of outBinders) {
      refuseEmpty(aval.shape, primitive, program);
      elementType(aval.dtype, program);
    }
    const views = rule({
      program,
      primitive,
      graph,
      operands: inputs.map(read),
      weak: inputs.map((atom) => atom.aval.weakType),
      params,
    });
    for (const [i, binder] of outBinders.entries()) environment.set(binder, views[i]!);
  };

  for (const equation of jaxpr.eqns) attempt(equation, () => lowerEquation(equation));
  const ports = outputs.map(({ name }, i) => ({
    name,
    value: materialised(graph, read(jaxpr.outs[i]!)),
  }));
  return optimised(graph.build(ports));
}

function ruleOf(primitive: string, program: string): LoweringRule {
  const table: Readonly<Record<string, LoweringRule>> = rules;
  const rule = Object.hasOwn(table, primitive) ? table[primitive] : undefined;
  if (rule !== undefined) return rule;
  throw new AtollError(
    "TENSOR_UNSUPPORTED_PRIMITIVE",
    `program "${program}": the jax-js primitive "${primitive}" has no lowering to ONNX; ` +
      wayOut(primitive, Object.keys(rules)),
  );
}

function located(error: unknown, equation: Equations[number], locate: Locate): unknown {
  if (!(error instanceof AtollError)) return error;
  const { primitive, inputs, outBinders } = equation;
  const types = (atoms: readonly Atom[]) => atoms.map(({ aval }) => String(aval));
  const operands = types(inputs);
  const place = locate({ primitive, operands });
  return new AtollError(
    error.code,
    `${error.message} (${primitive}(${operands.join(", ")}) -> ${types(outBinders).join(", ")}` +
      `${place === undefined ? "" : `, called at ${place}`})`,
    { cause: error },
  );
}

function refuseEmpty(shape: readonly number[], primitive: string, program: string): void {
  if (!shape.includes(0)) return;
  throw new AtollError(
    "TENSOR_SPEC",
    `program "${program}": "${primitive}" gives a tensor of shape [${shape.join(", ")}], which has ` +
      `no elements; leave the empty part out of the function`,
  );
}

function initialiser(
  graph: GraphBuilder,
  constant: ClosedJaxpr["consts"][number],
  program: string,
): Value {
  const dtype = elementType(constant.dtype, program);
  if (!(constant instanceof np.Array))
    throw new AtollError(
      "TENSOR_TRACE",
      `program "${program}" uses an array of another trace; pass it as an input`,
    );
  const data = Array.from(constant.ref.dataSync());
  return graph.constant(elementsOf(dtype, data), constant.shape, dtype);
}
