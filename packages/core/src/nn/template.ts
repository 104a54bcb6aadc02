import type { numpy as np } from "@jax-js/jax";
import {
  linearDefault,
  ones,
  zeros,
  type ExpertFactor,
  type Initialiser,
  type ParameterSpec,
} from "../tensor/index.ts";
import { arrayOf, type Arrays } from "./arrays.ts";

/** How the factors of a parameter combine. */
export type TemplateOperator = "product" | "sum";

export interface TemplatedLinear {
  readonly parameters: readonly ParameterSpec[];
  /** W [inputs, outputs] and b [outputs], of one task where tasks have factors of their own. */
  readonly compose: (
    parameters: Arrays,
    task: number,
  ) => { readonly weight: np.Array; readonly bias: np.Array | undefined };
}

export interface TemplatedLinearOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
  readonly operator: TemplateOperator;
  /** Of which expert of the model the layer is. */
  readonly expert: number;
  /** How many tasks have a factor as big as W each; 0: none has one. */
  readonly tasks: number;
}

/**
 * The numbers of a linear layer, composed of factors that travel in different ways.
 *
 *   product:  W_t = G * T_t * S   entry by entry,   sum:  W_t = G + T_t + S,   b_t = b_G + b_Tt + b_S
 *
 * G is common to all parties, S is a party's own view of it, T_t of one task at one party. T and S start
 * at 1 in a product and at 0 in a sum, their biases at 0: training starts from G. Sheng et al. 2021,
 * equations 5 and 6, with a third factor. Names: G `<name>/weight` and `<name>/bias` as a `linear` has them,
 * S `<name>/scenario/...`, T_t `<name>/task<t>/...`.
 */
export function templatedLinear(name: string, options: TemplatedLinearOptions): TemplatedLinear {
  const { inputs, outputs, bias, operator, expert, tasks } = options;
  const factor = (
    at: string,
    of: FactorOf,
    [weight, shift]: readonly [Initialiser, Initialiser],
  ) => {
    const spec = (what: string, shape: readonly number[], init: Initialiser): ParameterSpec => ({
      name: `${at}/${what}`,
      shape,
      role: "weight",
      part: { kind: "expert", expert, ...of },
      init,
    });
    return [
      spec("weight", [inputs, outputs], weight),
      ...(bias ? [spec("bias", [outputs], shift)] : []),
    ];
  };
  const drawn = linearDefault(inputs);
  const neutral = operator === "product" ? ones : zeros;
  const common = factor(name, { factor: "global" }, [drawn, drawn]);
  const scenario = factor(`${name}/scenario`, { factor: "scenario" }, [neutral, zeros]);
  const ofTasks = Array.from({ length: tasks }, (_, task) =>
    factor(`${name}/task${task}`, { factor: "task", task }, [neutral, zeros]),
  );
  return {
    parameters: [...common, ...scenario, ...ofTasks.flat()],
    compose: (parameters, task) => {
      const factors = [common, scenario, ...(ofTasks[task] ? [ofTasks[task]] : [])];
      const [weight, ...others] = factors.map((specs) => arrayOf(parameters, specs[0]!.name));
      const biases = factors.flatMap((specs) => specs.slice(1));
      return {
        weight: others.reduce(
          (all, one) => (operator === "product" ? all.mul(one) : all.add(one)),
          weight!,
        ),
        bias: biases
          .map((spec) => arrayOf(parameters, spec.name))
          .reduce<np.Array | undefined>((all, one) => all?.add(one) ?? one, undefined),
      };
    },
  };
}

interface FactorOf {
  readonly factor: ExpertFactor;
  readonly task?: number;
}
