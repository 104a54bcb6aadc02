import type { numpy as np } from "@jax-js/jax";
import { linear, relu, type Arrays } from "../../nn/index.ts";
import {
  parameterLayout,
  uniformInit,
  xavierNormal,
  type ParameterLayout,
  type ParameterSpec,
} from "../../tensor/index.ts";
import { codesByLevel, type RqVaeConfig } from "./config.ts";

/** Linear layers with ReLU between them, none after the last. */
export interface Stack {
  readonly parameters: readonly ParameterSpec[];
  readonly forward: (values: Arrays, x: np.Array) => np.Array;
}

/** Encoder, decoder and codebooks of one RQ-VAE. */
export interface RqVaeNetwork {
  readonly encoder: Stack;
  readonly decoder: Stack;
  /** Encoder and decoder first; then `codebook/<level>`, [codes, width], one after another. */
  readonly layout: ParameterLayout;
  /** Entries of `layout` before the codebooks. */
  readonly networkSize: number;
}

export function codebookName(level: number): string {
  return `codebook/${level}`;
}

export function rqVaeNetwork(inputs: number, config: RqVaeConfig): RqVaeNetwork {
  const { hidden, width } = config;
  const encoder = stack("encoder", [inputs, ...hidden, width]);
  const decoder = stack("decoder", [width, ...hidden.toReversed(), inputs]);
  const codebooks = codesByLevel(config).map((codes, level): ParameterSpec => ({
    name: codebookName(level),
    shape: [codes, width],
    role: "weight",
    init: uniformInit(1 / codes),
  }));
  const layout = parameterLayout([...encoder.parameters, ...decoder.parameters, ...codebooks]);
  const networkSize = layout.views.find(({ name }) => name === codebookName(0))!.offset;
  return { encoder, decoder, layout, networkSize };
}

/** Weights are drawn by Xavier's normal rule, biases start at 0. */
function stack(name: string, sizes: readonly number[]): Stack {
  const layers = sizes
    .slice(1)
    .map((outputs, i) =>
      linear(`${name}/${i}`, { inputs: sizes[i]!, outputs, init: xavierNormal }),
    );
  return {
    parameters: layers.flatMap((layer) => layer.parameters),
    forward: (values, x) =>
      layers.reduce(
        (y, layer, i) =>
          i + 1 < layers.length ? relu(layer.forward(values, y)) : layer.forward(values, y),
        x,
      ),
  };
}
