import { AtollError } from "../errors/index.ts";
import { normal, uniform } from "../random/index.ts";
import type { Initialiser } from "./parameters.ts";

/*
 * Weights are stored [in, out]: fan_in is the last size but one, fan_out the last. Axes before these
 * (heads, experts) stack matrices, each initialised as if it stood alone. Gains are 1.
 */

export const zeros: Initialiser = (target) => void target.fill(0);

export const ones: Initialiser = (target) => void target.fill(1);

export function constant(value: number): Initialiser {
  return (target) => void target.fill(value);
}

/** N(0, std^2). */
export function normalInit(std: number): Initialiser {
  return (target, _shape, random) => {
    for (let i = 0; i < target.length; i++) target[i] = std * normal(random);
  };
}

/** U[-bound, bound). */
export function uniformInit(bound: number): Initialiser {
  return (target, _shape, random) => {
    for (let i = 0; i < target.length; i++) target[i] = bound * (2 * uniform(random) - 1);
  };
}

/** U[-b, b) with b = sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010). */
export const xavierUniform: Initialiser = (target, shape, random) => {
  const { fanIn, fanOut } = fans("xavierUniform", shape);
  uniformInit(Math.sqrt(6 / (fanIn + fanOut)))(target, shape, random);
};

/** N(0, 2 / (fan_in + fan_out)) (Glorot and Bengio 2010). */
export const xavierNormal: Initialiser = (target, shape, random) => {
  const { fanIn, fanOut } = fans("xavierNormal", shape);
  normalInit(Math.sqrt(2 / (fanIn + fanOut)))(target, shape, random);
};

/** U[-b, b) with b = sqrt(6 / fan_in), for layers before a ReLU (He et al. 2015). */
export const kaimingUniform: Initialiser = (target, shape, random) => {
  const { fanIn } = fans("kaimingUniform", shape);
  uniformInit(Math.sqrt(6 / fanIn))(target, shape, random);
};

/**
 * PyTorch's default for nn.Linear: U[-b, b) with b = 1 / sqrt(fan_in), for weight and bias alike. A
 * bias does not show its fan_in: give the layer's.
 */
export function linearDefault(fanIn?: number): Initialiser {
  return (target, shape, random) => {
    const fan = fanIn ?? fans("linearDefault", shape).fanIn;
    uniformInit(1 / Math.sqrt(fan))(target, shape, random);
  };
}

function fans(
  initialiser: string,
  shape: readonly number[],
): { readonly fanIn: number; readonly fanOut: number } {
  const fanIn = shape.at(-2);
  const fanOut = shape.at(-1);
  if (fanIn !== undefined && fanOut !== undefined) return { fanIn, fanOut };
  throw new AtollError(
    "TENSOR_PARAMETER",
    `${initialiser} needs a matrix [in, out], not shape [${shape.join(", ")}]; for a bias use zeros ` +
      `or linearDefault(fanIn)`,
  );
}
