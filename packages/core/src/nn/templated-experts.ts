import { numpy as np } from "@jax-js/jax";
import type { ParameterSpec } from "../tensor/index.ts";
import { relu } from "./activations.ts";
import type { Arrays } from "./arrays.ts";
import { batchNorm, type NormInputs } from "./batch-norm.ts";
import { dropout, type DropoutInputs, type DropoutSpec } from "./dropout.ts";
import type { ExpertsOptions } from "./experts.ts";
import { normalisedProduct } from "./normalised-product.ts";
import { ofPart } from "./part.ts";
import { templatedLinear, type TemplateOperator } from "./template.ts";
import { unitScale } from "./unit-scale.ts";

export interface TemplatedExpertsOptions extends ExpertsOptions {
  readonly tasks: number;
  readonly operator: TemplateOperator;
  /**
   * What a task has of its own. `full`: a factor as big as each weight, so that every task goes through
   * the experts by itself; `row`: a factor for each unit of an expert's output; `off`: nothing.
   */
  readonly taskFactor: "full" | "row" | "off";
}

export interface TemplatedExperts {
  readonly parameters: readonly ParameterSpec[];
  readonly state: readonly ParameterSpec[];
  readonly masks: readonly DropoutSpec[];
  readonly outputs: number;
  /** [batch, inputs] to [batch, outputs], for every task once for each expert. */
  readonly forward: (
    inputs: NormInputs & DropoutInputs,
    x: np.Array,
  ) => { outs: np.Array[][]; state: Arrays };
}

/**
 * `experts` whose weights are composed: see `templatedLinear`. Fresh, they compute what `experts` of the
 * same draws compute, for every task alike.
 *
 * A factor of a unit before a normalisation would be lost in it. So `row` stands behind the norm of the
 * last layer: relu(norm(x W) * r_t + c_t). On that layer alone, because what follows it is computed once
 * for each task, and what comes before it only once. With `full`, every task has the statistics, scales and
 * shifts of its own path, `<name>/<e>/<i>/task<t>/norm`. A dropout mask is common to all tasks.
 */
export function templatedExperts(
  name: string,
  { experts: count, first = 0, ...options }: TemplatedExpertsOptions,
): TemplatedExperts {
  const each = Array.from({ length: count }, (_, e) =>
    templatedExpert(`${name}/${e}`, { ...options, expert: first + e }),
  );
  return {
    parameters: each.flatMap((expert) => expert.parameters),
    state: each.flatMap((expert) => expert.state),
    masks: each.flatMap((expert) => expert.masks),
    outputs: options.hidden.at(-1) ?? options.inputs,
    forward: (values, x) => {
      const results = each.map((expert) => expert.forward(values, x));
      return {
        outs: Array.from({ length: options.tasks }, (_, t) => results.map(({ outs }) => outs[t]!)),
        state: Object.assign({}, ...results.map(({ state }) => state)),
      };
    },
  };
}

type Expert = Pick<TemplatedExperts, "parameters" | "state" | "masks"> & {
  /** [batch, inputs] to [batch, outputs], once for each task. */
  readonly forward: (
    inputs: NormInputs & DropoutInputs,
    x: np.Array,
  ) => { outs: np.Array[]; state: Arrays };
};

function templatedExpert(
  name: string,
  options: Omit<TemplatedExpertsOptions, "experts" | "first"> & { readonly expert: number },
): Expert {
  const { hidden, taskFactor, tasks, operator, expert } = options;
  const layers = hidden.map((_, i) => templatedLayer(`${name}/${i}`, i, options));
  const rows = Array.from({ length: taskFactor === "row" ? tasks : 0 }, (_, task) =>
    unitScale(`${name}/${hidden.length - 1}/task${task}`, {
      size: hidden.at(-1)!,
      operator,
      part: { kind: "expert", expert, factor: "task", task },
    }),
  );
  const numPaths = taskFactor === "full" ? tasks : 1;
  return {
    parameters: [...layers, ...rows].flatMap((part) => part.parameters),
    state: layers.flatMap((layer) => layer.state),
    masks: layers.flatMap((layer) => layer.masks),
    forward: (values, x) => {
      let state: Arrays = {};
      const paths = Array.from({ length: numPaths }, (_, task) => {
        let h = x;
        for (const [i, layer] of layers.entries()) {
          const next = layer.forward(values, h, task);
          state = { ...state, ...next.state };
          // The last layer's activation waits for what stands before it.
          h = i === layers.length - 1 ? next.x : layer.activate(values, next.x);
        }
        return h;
      });
      const finish = (h: np.Array) => layers.at(-1)?.activate(values, h) ?? h;
      if (rows.length > 0)
        return {
          outs: rows.map((row) => finish(row.forward(values.parameters, paths[0]!))),
          state,
        };
      const finished = paths.map(finish);
      return { outs: Array.from({ length: tasks }, (_, t) => finished[t] ?? finished[0]!), state };
    },
  };
}

/** One layer of an expert, cut before its activation. */
function templatedLayer(
  name: string,
  i: number,
  options: Omit<TemplatedExpertsOptions, "experts" | "first"> & { readonly expert: number },
) {
  const { inputs, hidden, batchNorm: normalised = false, dropout: rate = 0 } = options;
  const { operator, taskFactor, tasks, expert } = options;
  const outputs = hidden[i]!;
  const affine = templatedLinear(name, {
    inputs: hidden[i - 1] ?? inputs,
    outputs,
    bias: !normalised,
    operator,
    expert,
    tasks: taskFactor === "full" ? tasks : 0,
  });
  const normOf = (at: string) =>
    ofPart(batchNorm(at, outputs), { kind: "expert", expert, factor: "scenario" });
  const ofTasks = Array.from({ length: tasks }, (_, t) => `${name}/task${t}/norm`);
  const norms = normalised ? (taskFactor === "full" ? ofTasks : [`${name}/norm`]).map(normOf) : [];
  const drop = dropout(`${name}/dropout`, { size: outputs, rate });
  return {
    parameters: [affine, ...norms].flatMap((part) => part.parameters),
    state: norms.flatMap((norm) => norm.state),
    masks: drop.masks,
    /** Of the path of one task, or of all. */
    forward: (values: NormInputs, x: np.Array, task: number): { x: np.Array; state: Arrays } => {
      const { weight, bias } = affine.compose(values.parameters, task);
      const norm = norms[task];
      if (norm !== undefined) return normalisedProduct(norm, values, { x, weight });
      const product = np.matmul(x, weight);
      return { x: bias === undefined ? product : product.add(bias), state: {} };
    },
    activate: (values: DropoutInputs, x: np.Array) => drop.forward(values, relu(x)),
  };
}
