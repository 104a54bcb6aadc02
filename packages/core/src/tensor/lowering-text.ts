import { numpy as np, type ClosedJaxpr } from "@jax-js/jax";
import { exactText } from "./onnx/builder.ts";
import type { TensorSpec } from "./types.ts";

type Atom = ClosedJaxpr["jaxpr"]["outs"][number];

/** Longer constants are not compared. */
const LONGEST_CONSTANT = 1024;

/**
 * All that the ONNX bytes of a program follow from, as text: two programs of the same text have the same bytes.
 * Nothing where a part has no exact text.
 */
export function loweringText(
  program: string,
  { jaxpr, consts }: ClosedJaxpr,
  inputs: readonly TensorSpec[],
  outputs: readonly TensorSpec[],
): string | undefined {
  const numbers = new Map<unknown, number>();
  const atomText = (atom: Atom): string => {
    const { shape, dtype, weakType } = atom.aval;
    const type = `${dtype}[${shape.join()}]${weakType ? "w" : ""}`;
    if ("value" in atom) return `${numberText(atom.value)}:${type}`;
    const known = numbers.get(atom);
    if (known !== undefined) return `v${known}`;
    numbers.set(atom, numbers.size);
    return `v${numbers.size - 1}:${type}`;
  };
  const parts = [plainText(program), plainText(inputs), plainText(outputs)];
  for (const constant of consts) {
    if (!(constant instanceof np.Array) || constant.size > LONGEST_CONSTANT) return undefined;
    const { dtype, shape } = constant;
    parts.push(`${dtype}[${shape.join()}] ${exactText(Array.from(constant.ref.dataSync()))}`);
  }
  parts.push(jaxpr.inBinders.map(atomText).join(" "));
  for (const { primitive, inputs: operands, params, outBinders } of jaxpr.eqns)
    parts.push(
      primitive,
      plainText(params),
      operands.map(atomText).join(" "),
      outBinders.map(atomText).join(" "),
    );
  parts.push(jaxpr.outs.map(atomText).join(" "));
  return parts.includes(undefined) ? undefined : parts.join("\n");
}

/** Numbers, texts and truth values, in arrays and plain objects. */
function plainText(value: unknown): string | undefined {
  if (typeof value === "number") return numberText(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "boolean" || value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return joined(value.map(plainText), "[", "]");
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype)
    return undefined;
  const entries = Object.entries(value).map(([name, own]) => {
    const text = plainText(own);
    return text === undefined ? undefined : `${JSON.stringify(name)}:${text}`;
  });
  return joined(entries, "{", "}");
}

function joined(texts: readonly (string | undefined)[], open: string, close: string) {
  return texts.includes(undefined) ? undefined : `${open}${texts.join()}${close}`;
}

/** Tells -0 from 0. */
const numberText = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));
