import { type numpy as np, valueAndGrad } from "@jax-js/jax";
import { arrayOf, type Arrays } from "../../nn/index.ts";
import {
  compile,
  type ParameterLayout,
  type Program,
  type TensorSpec,
} from "../../tensor/index.ts";
import { formsOf, totalOf, type Feddcsr } from "./feddcsr.ts";
import type { FeddcsrSettings } from "./feddcsr-settings.ts";

const tensor = (name: string, shape: readonly number[]): TensorSpec => ({
  name,
  shape,
  dtype: "float32",
});

const VECTORS = ["shared", "exclusive", "augmented", "target"] as const;
const NOISES = ["shared", "exclusive", "negative", "augmented"] as const;

export type Sizes = Pick<FeddcsrSettings, "length" | "width" | "negatives"> & {
  /** B */
  readonly users: number;
};

export interface FeddcsrProgramOptions {
  readonly model: Feddcsr;
  readonly layout: ParameterLayout;
  readonly sizes: Sizes;
}

const parametersIn = ({ views }: ParameterLayout) =>
  views.map(({ name, shape }) => tensor(`parameter:${name}`, shape));

const parametersOf = (arrays: Arrays, { views }: ParameterLayout): Arrays =>
  Object.fromEntries(views.map(({ name }) => [name, arrayOf(arrays, `parameter:${name}`)]));

/**
 * A step's loss and its gradients.
 *
 * Inputs: `parameter:<name>`; `vectors:<form>` [B, L, width] and `negatives` [N, width], rows of tables;
 * `mask` [B, L]; `noise:<draw>` [B, L, width]; `global` [B, width], `known` [B], `klWeight` [1];
 * `dropout:<name>` [B, size]. Outputs: `loss` [1], `term:<name>` [1], `gradient:<input>` of parameters, vectors and
 * negatives.
 */
export function feddcsrTraining({ model, layout, sizes }: FeddcsrProgramOptions): Program {
  const { users, length, width, negatives } = sizes;
  const sequence = [users, length, width];
  const parameters = parametersIn(layout);
  const rows = [
    ...VECTORS.map((name) => tensor(`vectors:${name}`, sequence)),
    tensor("negatives", [negatives, width]),
  ];
  const named = (arrays: Arrays, specs: readonly TensorSpec[]): Arrays =>
    Object.fromEntries(specs.map(({ name }) => [name, arrayOf(arrays, name)]));
  return compile({
    name: "feddcsr",
    inputs: [
      ...parameters,
      ...rows,
      tensor("mask", [users, length]),
      ...NOISES.map((name) => tensor(`noise:${name}`, sequence)),
      tensor("global", [users, width]),
      tensor("known", [users]),
      tensor("klWeight", [1]),
      ...model.masks.map(({ name, size }) => tensor(`dropout:${name}`, [users, size])),
    ],
    fn: (arrays) => {
      const total = (dense: Arrays, own: Arrays): [np.Array, Arrays] => {
        const terms = model.terms({
          parameters: parametersOf(dense, layout),
          dropout: Object.fromEntries(
            model.masks.map(({ name }) => [name, arrayOf(arrays, `dropout:${name}`)]),
          ),
          vectors: formsOf(own, "vectors:", VECTORS),
          negatives: arrayOf(own, "negatives"),
          mask: arrayOf(arrays, "mask"),
          noise: formsOf(arrays, "noise:", NOISES),
          global: arrayOf(arrays, "global"),
          known: arrayOf(arrays, "known"),
          klWeight: arrayOf(arrays, "klWeight"),
        });
        return [totalOf(terms), terms];
      };
      const gradients = valueAndGrad(total as never, {
        argnums: [0, 1],
        hasAux: true,
      }) as unknown as (...given: Arrays[]) => [[np.Array, Arrays], [Arrays, Arrays]];
      const [[loss, terms], [dense, own]] = gradients(
        named(arrays, parameters),
        named(arrays, rows),
      );
      return {
        loss: loss.reshape([1]),
        ...renamed("term:", terms, (term) => term.reshape([1])),
        ...renamed("gradient:", { ...dense, ...own }, (gradient) => gradient),
      };
    },
  });
}

function renamed(
  prefix: string,
  arrays: Arrays,
  change: (array: np.Array) => np.Array,
): Record<string, np.Array> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [prefix + name, change(array)]),
  );
}

/** Inputs: `parameter:<name>`, `vectors:shared`, `vectors:exclusive` and `mask`. Outputs: `shared`, `exclusive` [B, width]. */
export function feddcsrStates({ model, layout, sizes }: FeddcsrProgramOptions): Program {
  const { users, length, width } = sizes;
  return compile({
    name: "feddcsr states",
    inputs: [
      ...parametersIn(layout),
      tensor("vectors:shared", [users, length, width]),
      tensor("vectors:exclusive", [users, length, width]),
      tensor("mask", [users, length]),
    ],
    fn: (arrays) =>
      model.states({
        parameters: parametersOf(arrays, layout),
        mask: arrayOf(arrays, "mask"),
        vectors: formsOf(arrays, "vectors:", ["shared", "exclusive"]),
      }),
  });
}
