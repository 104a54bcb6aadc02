import type { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { tasksOf, type FeatureSchema } from "../../data/schema.ts";
import { AtollError } from "../../errors/index.ts";
import {
  dropout as dropoutLayer,
  linear,
  mlp,
  ofPart,
  relu,
  type DropoutSpec,
} from "../../nn/index.ts";
import type { ParameterSpec } from "../../tensor/index.ts";
import { deepInput, deepInputSize, embedAll, dropoutRate, hiddenSizes } from "../ctr/features.ts";
import { count, sideBySide, taskFields } from "../multitask/tasks.ts";
import type { ForwardInputs, ModelDefinition } from "../types.ts";
import { partitionedNorm } from "./partitioned-norm.ts";
import { checkScenario, scenarioFeature, scenarioOf } from "./scenario.ts";
import { starLayer } from "./star-layer.ts";

const { width, embeddingStd } = taskFields;

const config = z.strictObject({
  kind: z.literal("star"),
  scenario: scenarioFeature,
  scenarios: count
    .default(8)
    .describe("how many of the feature's values, the most frequent, get numbers of their own"),
  width,
  hidden: hiddenSizes.default([64, 32]).describe("widths of the star's layers"),
  auxiliaryHidden: hiddenSizes.default([16]).describe("widths of the auxiliary network's layers"),
  partitionedNorm: z
    .boolean()
    .default(true)
    .describe("normalise what the star reads by the moments of each scenario"),
  dropout: dropoutRate,
  embeddingStd,
});

export type StarConfig = z.infer<typeof config>;

/**
 * Star topology: every scenario has the shared network times numbers of its own.
 *
 *   logit = star(norm(x)) + auxiliary([v_scenario, x]),   layers relu(h (W * W_d) + b + b_d)
 *
 * x = [v_f for features f but the scenario, x_numeric]; norm is `partitionedNorm`. Sheng et al. 2021,
 * section 4. Of several tasks each has a star; they share the norm and the auxiliary network but for its
 * last layer. The star does not read the scenario's vector: constant within a scenario, it would be 0
 * after the norm while training, and what it has drifted by since, times 1 / sqrt(eps), when scoring.
 */
export const star = {
  config,
  summary: "a network per scenario: the shared one times numbers of its own (Sheng et al. 2021)",
  build: (settings, schema) => {
    const { scenario, scenarios, dropout } = settings;
    checkScenario("star", schema, scenario);
    const others = without(schema, scenario);
    const [size, vector] = [deepInputSize(others, settings.width), settings.width];
    const tasks = tasksOf(schema);
    const norm = settings.partitionedNorm ? partitionedNorm("norm", size, scenarios) : undefined;
    const stars = tasks.map((_, t) =>
      starTower(t, { inputs: size, hidden: settings.hidden, scenarios, dropout }),
    );
    const auxiliary = mlp("auxiliary", {
      inputs: vector + size,
      hidden: settings.auxiliaryHidden,
      dropout,
    });
    const head = linear("auxiliary/head", { inputs: auxiliary.outputs, outputs: tasks.length });
    const init = { width: settings.width, std: settings.embeddingStd };
    const own = { ...schema, categorical: schema.categorical.filter((f) => f.name === scenario) };
    return {
      kind: "star",
      multiTask: true,
      parameters: [...(norm ? [norm] : []), ...stars, auxiliary, head].flatMap(
        (part) => part.parameters,
      ),
      state: norm?.state ?? [],
      dropout: [...stars, auxiliary].flatMap((part) => part.masks),
      embeddings: [...embedAll("deep", others, init), ...embedAll("scenario", own, init)],
      indices: [scenario],
      forward: (inputs) => {
        const x = deepInput(inputs, others, "deep");
        const of = scenarioOf(inputs, scenario, scenarios);
        const normed = norm?.forward(inputs, x, of) ?? { x, state: {} };
        const ownVector = inputs.embeddings["scenario"]!.reshape([-1, vector]);
        const side = auxiliary.forward(inputs, sideBySide([ownVector, x])).x;
        const logits = sideBySide(stars.map((tower) => tower.forward(inputs, normed.x, of)));
        return {
          logits: logits.add(head.forward(inputs.parameters, side)),
          state: normed.state,
        };
      },
    };
  },
} as const satisfies ModelDefinition<StarConfig>;

/** The schema but for the feature that tells the scenario. */
function without(schema: FeatureSchema, scenario: string): FeatureSchema {
  const categorical = schema.categorical.filter(({ name }) => name !== scenario);
  if (categorical.length + schema.numeric.length > 0) return { ...schema, categorical };
  throw new AtollError(
    "MODEL_NEEDS_FEATURE",
    `model "star" needs a feature beside the scenario "${scenario}", the data have none; ` +
      "name a user, an item, categorical or numeric columns under data.columns",
  );
}

interface StarTower {
  readonly parameters: readonly ParameterSpec[];
  readonly masks: readonly DropoutSpec[];
  /** [batch, inputs] to [batch, 1]. */
  readonly forward: (inputs: ForwardInputs, x: np.Array, of: np.Array) => np.Array;
}

/** Star layers with relu and dropout between them, to one log-odds. Names: `tower<task>/<i>/...`. */
function starTower(
  task: number,
  options: {
    readonly inputs: number;
    readonly hidden: readonly number[];
    readonly scenarios: number;
    readonly dropout: number;
  },
): StarTower {
  const { inputs, hidden, scenarios, dropout: rate } = options;
  const name = `tower${task}`;
  const layers = [...hidden, 1].map((outputs, i) =>
    ofPart(starLayer(`${name}/${i}`, { inputs: hidden[i - 1] ?? inputs, outputs, scenarios }), {
      kind: "tower",
      task,
      layer: i,
    }),
  );
  const drops = hidden.map((size, i) => dropoutLayer(`${name}/${i}/dropout`, { size, rate }));
  return {
    parameters: layers.flatMap((layer) => layer.parameters),
    masks: drops.flatMap((drop) => drop.masks),
    forward: (values, x, of) => {
      for (const [i, layer] of layers.entries()) {
        x = layer.forward(values.parameters, x, of);
        if (i < drops.length) x = drops[i]!.forward(values, relu(x));
      }
      return x;
    },
  };
}
