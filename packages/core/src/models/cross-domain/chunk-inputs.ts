import type { ParameterLayout, TensorSpec } from "../../tensor/index.ts";
import type { ChunkSizes, CrossDomainModel } from "./types.ts";

/** How numbers of a request enter logits: not at all, by weights that are given, or by learned ones. */
export type RequestMode = "none" | "fixed" | "learned";

export interface ChunkInputOptions {
  readonly model: CrossDomainModel;
  readonly sizes: ChunkSizes;
  readonly layout: ParameterLayout;
  readonly request: RequestMode;
}

export const tensor = (name: string, shape: readonly number[]): TensorSpec => ({
  name,
  shape,
  dtype: "float32",
});

/** `parameter:<name>` of everything dense. */
export function parameterInputs(layout: ParameterLayout): TensorSpec[] {
  return layout.views.map(({ name, shape }) => tensor(`parameter:${name}`, shape));
}

/** Item tables of users: `ownRows` [C, R, width] and `negativeRows` [C, D, N, width], where rows are learned. */
export function rowInputs(sizes: ChunkSizes): TensorSpec[] {
  const { users, domains, own, negatives, width, learnedRows } = sizes;
  if (!learnedRows) return [];
  return [
    tensor("ownRows", [users, own, width]),
    tensor("negativeRows", [users, domains, negatives, width]),
  ];
}

/** `profile` [C, D, P], where users have profiles. */
export function profileInputs({ users, domains, profileWidth }: ChunkSizes): TensorSpec[] {
  return profileWidth > 0 ? [tensor("profile", [users, domains, profileWidth])] : [];
}

/** What a chunk says of its users beside rows that are learned; every shape starts with C. */
export function givenInputs({ model, sizes, request }: ChunkInputOptions): TensorSpec[] {
  const { users, domains, length, domainLength, targets, negatives, requestNumbers } = sizes;
  const places = [users, domains, domainLength];
  return [
    ...(sizes.publicWidth > 0
      ? [
          tensor("own", [users, sizes.own, sizes.publicWidth]),
          tensor("negatives", [users, domains, negatives, sizes.publicWidth]),
        ]
      : []),
    ...profileInputs(sizes),
    tensor("merged", [users, length]),
    tensor("domains", places),
    ...(sizes.augmented ? [tensor("augmented", places), tensor("shuffled", places)] : []),
    tensor("stateAt", [users, targets]),
    tensor("domainStateAt", [users, domains, targets]),
    tensor("targetAt", [users, targets]),
    tensor("targetDomain", [users, domains, targets]),
    tensor("weight", [users, targets]),
    tensor("present", [users]),
    tensor("negativePresent", [users, domains, negatives]),
    ...(request === "none"
      ? []
      : [
          tensor("requestTarget", [users, targets, requestNumbers]),
          tensor("requestNegatives", [users, targets, negatives, requestNumbers]),
        ]),
    ...model.masks(sizes).map(({ name, size }) => tensor(`dropout:${name}`, [users, size])),
  ];
}

/** `requestWeights` [D, K], where they are given. */
export function weightInputs({ sizes, request }: ChunkInputOptions): TensorSpec[] {
  return request === "fixed"
    ? [tensor("requestWeights", [sizes.domains, sizes.requestNumbers])]
    : [];
}
