import type { ModelPart, ParameterSpec } from "../tensor/index.ts";

export interface Declared {
  readonly parameters: readonly ParameterSpec[];
  readonly state?: readonly ParameterSpec[];
}

/**
 * The layer as it is, its parameters and running statistics marked as a part of the model. Roles stay:
 * normalisation within an expert is normalisation, and of that expert.
 */
export function ofPart<Layer extends Declared>(layer: Layer, part: ModelPart): Layer {
  const marked = (specs: readonly ParameterSpec[]) => specs.map((spec) => ({ ...spec, part }));
  return {
    ...layer,
    parameters: marked(layer.parameters),
    ...(layer.state && { state: marked(layer.state) }),
  };
}
