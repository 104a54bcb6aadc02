import {
  linearDefault,
  parameterLayout,
  type ParameterLayout,
  type ParameterSpec,
} from "../../tensor/index.ts";
import type { ChunkSizes, CrossDomainModel } from "./types.ts";

/** Public vectors to what encoders read: [publicWidth, width], without a bias. */
export const ITEMS_IN = "items/in";
/** Public vectors to what queries are compared with: [publicWidth, width], without a bias. */
export const ITEMS_OUT = "items/out";
/** Weights of what a request knows of a candidate: [D, K]. */
export const REQUEST = "request";

export interface LayoutOptions {
  /** [K]: what the learned weights of every domain start from. Default: weights are not learned. */
  readonly learnedRequest?: readonly number[];
}

/**
 * Everything dense that is learned: the model's parameters, its head's, the projections of public vectors
 * where items have them, and the weights of request numbers where they are learned.
 *
 * Projections have no bias: added to every candidate's vector it would leave a softmax as it is, and the
 * positions of an encoder have room for one at its input. They start right for public vectors of length 1.
 */
export function crossDomainLayout(
  model: CrossDomainModel,
  sizes: ChunkSizes,
  { learnedRequest }: LayoutOptions = {},
): ParameterLayout {
  const { domains, width, publicWidth, requestNumbers } = sizes;
  const projection = (name: string): ParameterSpec => ({
    name,
    shape: [publicWidth, width],
    role: "weight",
    init: linearDefault(publicWidth),
  });
  if (learnedRequest !== undefined && learnedRequest.length !== requestNumbers)
    throw new RangeError(
      `a request knows ${requestNumbers} numbers of a candidate, there are ${learnedRequest.length} weights`,
    );
  return parameterLayout([
    ...model.parameters(sizes),
    ...model.head.parameters(sizes),
    ...(publicWidth > 0 ? [projection(ITEMS_IN), projection(ITEMS_OUT)] : []),
    ...(learnedRequest !== undefined && learnedRequest.length > 0
      ? [
          {
            name: REQUEST,
            shape: [domains, requestNumbers],
            role: "weight" as const,
            init: (target: Float32Array) => {
              for (let i = 0; i < target.length; i++)
                target[i] = learnedRequest[i % requestNumbers]!;
            },
          },
        ]
      : []),
  ]);
}
