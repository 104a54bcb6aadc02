import { numpy as np, valueAndGrad, vmap } from "@jax-js/jax";
import { arrayOf, type Arrays } from "../../nn/index.ts";
import { compile, type Program, type TensorSpec } from "../../tensor/index.ts";
import { clipFactors } from "../clip-factors.ts";
import { givenInputs, parameterInputs, rowInputs, weightInputs } from "./chunk-inputs.ts";
import { userLosses, type UserLossOptions } from "./user-losses.ts";

export interface CrossDomainProgramOptions extends UserLossOptions {
  /** Whether each user's gradient is scaled to a norm of at most `bound` before it is added. */
  readonly clipped: boolean;
}

/** Losses [C] and terms by name, [C] each. */
type Values = readonly [losses: np.Array, terms: Arrays];

/**
 * Gradients of the losses of a chunk's users, each of whom is a client of one sequence.
 *
 *   L_u = sum_t weight_t l_t + terms,   g = sum_u c_u dL_u,   c_u = min(1, bound / |dL_u|), or 1 unclipped
 *
 * Inputs: `parameter:<name>`; those of `givenInputs`, `rowInputs` and `weightInputs`; `bound` [1] where
 * clipped. Slots, targets and states are places, -1 where there is none; a place in the chunk without a
 * user has `present` 0 and counts for nothing, whatever its arrays hold.
 * Outputs: `loss` [1], the sum of all L_u; `userLoss` [C]; `term:<name>` [1], sums; where clipped `norms` [C],
 * |dL_u| over all parameters and rows before clipping; `gradient:parameter:<name>`, the sum g;
 * `gradient:ownRows` and `gradient:negativeRows`, each user's own, times c_u. A user's rows are distinct
 * items, so that squares add.
 *
 * Clipped, a user goes through the model alone (vmap), see `clippedProgram`; a model that compares users
 * has no gradient of one user, and is refused.
 */
export function crossDomainProgram(options: CrossDomainProgramOptions): Program {
  const { model, sizes, layout, clipped } = options;
  if (clipped && model.crossUser === true)
    throw new RangeError(`model "${model.kind}" compares users: none has a gradient of its own`);
  const parameters = parameterInputs(layout);
  const rows = rowInputs(sizes);
  const given = givenInputs(options);
  const shared = weightInputs(options);
  return compile({
    name: `${clipped ? "clipped" : "users"}:${model.kind}`,
    inputs: [
      ...parameters,
      ...rows,
      ...given,
      ...shared,
      ...(clipped ? [{ name: "bound", shape: [1], dtype: "float32" as const }] : []),
    ],
    fn: (arrays) => {
      const parts = [parameters, rows, given, shared].map((specs) => named(arrays, specs));
      return clipped
        ? clippedOutputs(options, parts, arrayOf(arrays, "bound"))
        : summedOutputs(options, parts);
    },
  });
}

function named(arrays: Arrays, specs: readonly TensorSpec[]): Arrays {
  return Object.fromEntries(specs.map(({ name }) => [name, arrayOf(arrays, name)]));
}

type Outputs = Record<string, np.Array>;

/** By parameters and by rows. */
type ValuesAndGradients = (...arrays: Arrays[]) => [[np.Array, Values], [Arrays, Arrays]];

function summedOutputs(options: UserLossOptions, parts: readonly Arrays[]): Outputs {
  const [parameters, rows, given, shared] = parts as [Arrays, Arrays, Arrays, Arrays];
  const total = (dense: Arrays, own: Arrays): [np.Array, Values] => {
    const { losses, terms } = userLosses({ ...dense, ...own, ...given, ...shared }, options);
    return [np.sum(losses), [losses, terms]];
  };
  const gradients = valueAndGrad(total as never, {
    argnums: [0, 1],
    hasAux: true,
  }) as unknown as ValuesAndGradients;
  const [[, values], [dense, own]] = gradients(parameters, rows);
  return { ...valueOutputs(values), ...gradientOutputs({ ...dense, ...own }) };
}

function clippedOutputs(
  options: UserLossOptions,
  parts: readonly Arrays[],
  bound: np.Array,
): Outputs {
  const { users } = options.sizes;
  const [parameters, rows, given, shared] = parts as [Arrays, Arrays, Arrays, Arrays];
  const alone = { ...options, byUnit: true, sizes: { ...options.sizes, users: 1 } };
  const one = (dense: Arrays, own: Arrays, rest: Arrays): [np.Array, Values] => {
    const { losses, terms } = userLosses({ ...dense, ...own, ...rest, ...shared }, alone);
    return [np.sum(losses), [losses, terms]];
  };
  const byUser = (arrays: Arrays): Arrays =>
    Object.fromEntries(
      Object.entries(arrays).map(([name, x]) => [name, x.reshape([users, 1, ...x.shape.slice(1)])]),
    );
  const gradients = vmap(valueAndGrad(one as never, { argnums: [0, 1], hasAux: true }) as never, [
    null,
    0,
    0,
  ]) as unknown as ValuesAndGradients;
  const [[, values], [dense, own]] = gradients(parameters, byUser(rows), byUser(given));
  const flat = (x: np.Array) => x.reshape([users, -1]);
  const groups = [...Object.values(dense), ...Object.values(own)];
  const squares = groups
    .map((gradient) => np.sum(np.square(flat(gradient)), 1, { keepdims: true }))
    .reduce((sum, square) => sum.add(square));
  const [factor] = clipFactors([squares], bound, "flat") as [np.Array];
  return {
    ...valueOutputs(values),
    norms: np.sqrt(squares).reshape([users]),
    ...gradientOutputs({
      ...Object.fromEntries(
        Object.entries(dense).map(([name, x]) => [
          name,
          np.matmul(factor.reshape([1, users]), flat(x)).reshape(parameters[name]!.shape),
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(own).map(([name, x]) => [
          name,
          flat(x).mul(factor).reshape(rows[name]!.shape),
        ]),
      ),
    }),
  };
}

function valueOutputs([losses, terms]: Values): Outputs {
  return {
    loss: np.sum(losses).reshape([1]),
    userLoss: losses.reshape([-1]),
    ...Object.fromEntries(
      Object.entries(terms).map(([name, term]) => [`term:${name}`, np.sum(term).reshape([1])]),
    ),
  };
}

function gradientOutputs(gradients: Arrays): Outputs {
  return Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => [`gradient:${name}`, gradient]),
  );
}
