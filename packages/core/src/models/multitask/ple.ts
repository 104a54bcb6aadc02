import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { tasksOf } from "../../data/schema.ts";
import {
  experts,
  gatedSum,
  type Arrays,
  type DropoutSpec,
  type MlpOptions,
} from "../../nn/index.ts";
import type { ParameterSpec } from "../../tensor/index.ts";
import {
  checkAnyFeature,
  deepInput,
  deepInputSize,
  embedAll,
  hiddenSizes,
} from "../ctr/features.ts";
import type { ForwardInputs, ModelDefinition } from "../types.ts";
import { count, sideBySide, taskFields, taskTowers } from "./tasks.ts";

const config = z.strictObject({
  kind: z.literal("ple"),
  taskExperts: count.default(2).describe("experts of each task's own, in every level"),
  sharedExperts: count.default(2).describe("experts that all tasks share, in every level"),
  levels: count
    .default(1)
    .describe("levels of experts, one on the other; 1: customised gate control"),
  expertHidden: hiddenSizes.default([64]).describe("widths of each expert's layers"),
  ...taskFields,
});

export type PleConfig = z.infer<typeof config>;

/**
 * Progressive layered extraction: levels of experts, some shared, some of one task alone.
 *
 *   x_t^l = gate_t over [own experts of x_t^{l-1}, shared experts of x_s^{l-1}], selected by x_t^{l-1}
 *   x_s^l = gate_s over the experts of all tasks and the shared ones, selected by x_s^{l-1}
 *   logit_t = tower_t(x_t^L),                          x_t^0 = x_s^0 = [v_1, ..., v_F, x_numeric]
 *
 * Tang et al. 2020, section 4.3. The last level has no shared output. One level is the paper's CGC.
 */
export const ple = {
  config,
  summary: "levels of shared and of task-specific experts, mixed by gates (Tang et al. 2020)",
  build: (settings, schema) => {
    checkAnyFeature("ple", schema);
    const { width, expertHidden, towerHidden, batchNorm, dropout } = settings;
    const size = deepInputSize(schema, width);
    const outputs = expertHidden.at(-1)!;
    const numTasks = tasksOf(schema).length;
    const levels = Array.from({ length: settings.levels }, (_, l) =>
      level(`level${l}`, numTasks, {
        ...settings,
        first: l * (numTasks * settings.taskExperts + settings.sharedExperts),
        last: l === settings.levels - 1,
        inputs: l === 0 ? size : outputs,
        hidden: expertHidden,
      }),
    );
    const towers = taskTowers(schema, { inputs: outputs, hidden: towerHidden, batchNorm, dropout });
    const parts = [...levels, towers];
    const through = (some: readonly Level[], inputs: ForwardInputs): Paths => {
      const x = deepInput(inputs, schema, "deep");
      let paths: Paths = { own: tasksOf(schema).map(() => x), shared: x, state: {} };
      for (const { forward } of some) paths = forward(inputs, paths);
      return paths;
    };
    return {
      kind: "ple",
      multiTask: true,
      parameters: parts.flatMap((part) => part.parameters),
      state: parts.flatMap((part) => part.state),
      dropout: parts.flatMap((part) => part.masks),
      embeddings: embedAll("deep", schema, { width, std: settings.embeddingStd }),
      forward: (inputs) => {
        const paths = through(levels, inputs);
        const { logits, state } = towers.forward(inputs, paths.own);
        return { logits: sideBySide(logits), state: { ...paths.state, ...state } };
      },
      gates: (inputs) => {
        const below = through(levels.slice(0, -1), inputs);
        return levels.at(-1)!.shares(inputs, below);
      },
    };
  },
} as const satisfies ModelDefinition<PleConfig>;

/** What tasks and the shared path hold between levels, each [batch, size], and the statistics so far. */
interface Paths {
  readonly own: readonly np.Array[];
  readonly shared: np.Array;
  readonly state: Arrays;
}

interface Level {
  readonly parameters: readonly ParameterSpec[];
  readonly state: readonly ParameterSpec[];
  readonly masks: readonly DropoutSpec[];
  readonly forward: (inputs: ForwardInputs, paths: Paths) => Paths;
  /** Each task's shares of the level's experts, [batch, tasks * experts]; 0 of those it does not read. */
  readonly shares: (inputs: ForwardInputs, paths: Paths) => np.Array;
}

interface LevelOptions extends MlpOptions, Pick<PleConfig, "taskExperts" | "sharedExperts"> {
  /** Whether nothing reads the shared output. */
  readonly last: boolean;
  /** How many experts the levels below have. */
  readonly first: number;
}

function level(
  name: string,
  numTasks: number,
  { taskExperts, sharedExperts, last, first, inputs, hidden, batchNorm, dropout }: LevelOptions,
): Level {
  const layers: MlpOptions = { inputs, hidden, batchNorm, dropout };
  const group = (of: string, count: number, before: number) =>
    experts(`${name}/${of}`, { ...layers, experts: count, first: first + before });
  const tasks = Array.from({ length: numTasks }, (_, task) => ({
    group: group(`task${task}`, taskExperts, task * taskExperts),
    gate: gatedSum(`${name}/gate${task}`, { inputs, parts: taskExperts + sharedExperts, task }),
  }));
  const numOwn = numTasks * taskExperts;
  const common = group("shared", sharedExperts, numOwn);
  const numAll = numOwn + sharedExperts;
  const commonGate = last ? undefined : gatedSum(`${name}/gate`, { inputs, parts: numAll });
  const groups = [...tasks.map(({ group }) => group), common];
  return {
    parameters: [
      ...groups,
      ...tasks.map(({ gate }) => gate),
      ...(commonGate ? [commonGate] : []),
    ].flatMap((part) => part.parameters),
    state: groups.flatMap((group) => group.state),
    masks: groups.flatMap((group) => group.masks),
    forward: (values, { own, shared, state }) => {
      const results = tasks.map(({ group }, t) => group.forward(values, own[t]!));
      const { outs, state: commonState } = common.forward(values, shared);
      const mixed = tasks.map(({ gate }, t) =>
        gate.forward(values.parameters, own[t]!, [...results[t]!.outs, ...outs]),
      );
      const all = [...results.flatMap((result) => result.outs), ...outs];
      return {
        own: mixed,
        shared: commonGate?.forward(values.parameters, shared, all) ?? shared,
        state: Object.assign({ ...state }, ...results.map((result) => result.state), commonState),
      };
    },
    shares: ({ parameters }, { own }) =>
      sideBySide(
        tasks.flatMap(({ gate }, t) => {
          const shares = gate.shares(parameters, own[t]!);
          const zeros = (count: number) => np.zeros([shares.shape[0]!, count]);
          const before = t * taskExperts;
          return [
            ...(before > 0 ? [zeros(before)] : []),
            shares.slice([], [0, taskExperts]),
            ...(t < numTasks - 1 ? [zeros(numOwn - before - taskExperts)] : []),
            shares.slice([], [taskExperts, taskExperts + sharedExperts]),
          ];
        }),
      ),
  };
}
