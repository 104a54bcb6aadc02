import { linear, ofPart, type Linear, type LinearOptions } from "../../nn/index.ts";
import type { ModelPart } from "../../tensor/index.ts";

/** The only layer of the tower of the only task: what a rule keeps local that keeps heads local. */
export const HEAD: ModelPart = { kind: "tower", task: 0, layer: 0 };

/** The last linear layer of a model of one task, to the log-odds or a summand of it, [batch, 1]. */
export function logitHead(name: string, options: Omit<LinearOptions, "outputs">): Linear {
  return ofPart(linear(name, { ...options, outputs: 1 }), HEAD);
}
