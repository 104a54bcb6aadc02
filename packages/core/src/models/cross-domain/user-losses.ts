import { numpy as np } from "@jax-js/jax";
import { arrayOf, type Arrays } from "../../nn/index.ts";
import type { ChunkInputOptions } from "./chunk-inputs.ts";
import { inputVectors } from "./item-vectors.ts";
import { REQUEST } from "./layout.ts";
import { targetLosses } from "./losses.ts";
import { requestLogits } from "./request-logits.ts";
import { targetLogits } from "./target-logits.ts";
import type { CrossDomainInputs, CrossDomainLoss } from "./types.ts";

export interface UserLossOptions extends ChunkInputOptions {
  readonly loss: CrossDomainLoss;
  /** Whether gradients of single users are wanted. Default: no. */
  readonly byUnit?: boolean;
}

export interface UserLosses {
  /** [C]: sum_t weight_t l_t and all terms; 0 where the place holds no user. */
  readonly losses: np.Array;
  /** Its terms beside that of next items, weighted, by name, [C] each. */
  readonly terms: Readonly<Record<string, np.Array>>;
}

/** Losses of a chunk's users, from all inputs of a program by name. */
export function userLosses(arrays: Arrays, options: UserLossOptions): UserLosses {
  const { model, layout, request } = options;
  const parameters = named(arrays, "parameter", layout.views);
  const {
    queries,
    further = {},
    terms,
  } = model.forward(modelInputs(arrays, parameters, options), options.sizes);
  const turned = np.transpose(arrayOf(arrays, "targetDomain"), [0, 2, 1]);
  const present = np.matmul(turned, arrayOf(arrays, "negativePresent"));
  const known =
    request === "none"
      ? undefined
      : requestLogits(
          arrays,
          request === "learned" ? arrayOf(parameters, REQUEST) : arrayOf(arrays, "requestWeights"),
        );
  /** [C] */
  const nextItems = (by: readonly np.Array[]) => {
    const { target, negatives } = targetLogits({ arrays, parameters }, by, options);
    const losses = targetLosses(options.loss, {
      target: known === undefined ? target : target.add(known.target),
      negatives: known === undefined ? negatives : negatives.add(known.negatives),
      present,
    });
    return np.sum(losses.mul(arrayOf(arrays, "weight")), -1);
  };
  const isUser = arrayOf(arrays, "present");
  const all: Record<string, np.Array> = {
    ...terms,
    ...Object.fromEntries(
      Object.entries(further).map(([name, by]) => [name, nextItems(by.queries).mul(by.weight)]),
    ),
  };
  for (const [name, term] of Object.entries(all)) all[name] = term.mul(isUser);
  return {
    losses: Object.values(all).reduce((sum, term) => sum.add(term), nextItems(queries).mul(isUser)),
    terms: all,
  };
}

function modelInputs(
  arrays: Arrays,
  parameters: Arrays,
  { model, sizes, byUnit = false }: UserLossOptions,
): CrossDomainInputs {
  const of = (name: string) => arrayOf(arrays, name);
  return {
    parameters,
    byUnit,
    dropout: named(arrays, "dropout", model.masks(sizes)),
    mode: "train",
    vectors: inputVectors(parameters, { public: arrays["own"], rows: arrays["ownRows"] }),
    ...(sizes.profileWidth > 0 && { profile: of("profile") }),
    merged: of("merged"),
    domains: of("domains"),
    ...(sizes.augmented && { augmented: of("augmented"), shuffled: of("shuffled") }),
    ...(model.readsNegatives === true && {
      negatives: inputVectors(parameters, {
        public: arrays["negatives"],
        rows: arrays["negativeRows"],
      }),
      negativePresent: of("negativePresent"),
    }),
    stateAt: of("stateAt"),
    domainStateAt: of("domainStateAt"),
    weight: of("weight"),
    targetDomain: of("targetDomain"),
  };
}

function named(
  arrays: Arrays,
  prefix: string,
  specs: readonly { readonly name: string }[],
): Arrays {
  return Object.fromEntries(specs.map(({ name }) => [name, arrayOf(arrays, `${prefix}:${name}`)]));
}
