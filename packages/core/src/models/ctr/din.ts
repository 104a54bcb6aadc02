import { nn as jaxNn, numpy as np } from "@jax-js/jax";
import { z } from "zod";
import {
  lengthOf,
  vocabularyOf,
  type CategoricalFeature,
  type FeatureSchema,
} from "../../data/schema.ts";
import { AtollError } from "../../errors/index.ts";
import { dice, dropout, linear, type Arrays } from "../../nn/index.ts";
import { fieldVectors, presentOf, valuesOf } from "../fields.ts";
import type { ForwardInputs, ModelDefinition } from "../types.ts";
import {
  deepInputSize,
  dropoutRate,
  embedAll,
  embeddingStd,
  embeddingWidth,
  hiddenSizes,
} from "./features.ts";
import { logitHead } from "./head.ts";

const config = z.strictObject({
  kind: z.literal("din"),
  width: embeddingWidth.default(16).describe("entries of each feature's embedding"),
  attention: hiddenSizes.default([36]).describe("widths of the layers that weigh past values"),
  softmax: z
    .boolean()
    .default(false)
    .describe(
      "whether the weights of an example add up to 1; otherwise their sum tells how strong the interest is",
    ),
  hidden: hiddenSizes.default([64, 32]).describe("widths of the tower's layers"),
  dropout: dropoutRate,
  embeddingStd,
});

export type DinConfig = z.infer<typeof config>;

/**
 * Deep interest network: every past value h_l of a history weighs by what it has to do with the target t.
 *
 *   a_l = w dice(... dice([t, h_l, t - h_l, t * h_l] A_1 + c_1) ...) + c
 *   i = sum_l a_l h_l over the values that are there; with softmax, a <- softmax(a) over these
 *   logit = w tower([v_1, ..., v_F, x_numeric]) + b,   histories entering as i, tower layers dice(x W + b)
 *
 * Zhou et al. 2018, figure 2. A history is every longer feature whose vocabulary is another feature of
 * length 1, its target: they share rows. Other features enter as they are, longer ones pooled. In the
 * attention, statistics of Dice run over all past values of all examples, entry by entry; padding does
 * not count.
 */
export const din = {
  config,
  summary: "target attention over past behaviour, Dice (Zhou et al. 2018)",
  build: (settings, schema) => {
    const histories = historiesOf(schema);
    const { width, hidden, dropout: rate } = settings;
    const units = histories.map((history) => ({
      name: history.name,
      unit: interestUnit(history, schema, settings),
    }));
    const tower = diceTower("tower", { inputs: deepInputSize(schema, width), hidden, rate });
    const head = logitHead("head", { inputs: hidden.at(-1)! });
    return {
      kind: "din",
      parameters: [
        ...units.flatMap(({ unit }) => unit.parameters),
        ...tower.parameters,
        ...head.parameters,
      ],
      state: [...units.flatMap(({ unit }) => unit.state), ...tower.state],
      dropout: tower.masks,
      embeddings: embedAll("deep", schema, { width, std: settings.embeddingStd }),
      forward: (inputs) => {
        let state: Arrays = {};
        const pooled: Record<string, np.Array> = {};
        for (const { name, unit } of units) {
          const found = unit.forward(inputs);
          pooled[name] = found.interest;
          state = { ...state, ...found.state };
        }
        const deep = tower.forward(inputs, towerInput(inputs, schema, pooled));
        const logits = head.forward(inputs.parameters, deep.x).reshape([-1]);
        return { logits, state: { ...state, ...deep.state } };
      },
    };
  },
} as const satisfies ModelDefinition<DinConfig>;

/** The longer features that hold values of a feature of length 1. */
function historiesOf(schema: FeatureSchema): CategoricalFeature[] {
  const single = new Set(
    schema.categorical.filter((feature) => lengthOf(feature) === 1).map(({ name }) => name),
  );
  const found = schema.categorical.filter(
    (feature) => lengthOf(feature) > 1 && single.has(vocabularyOf(feature)),
  );
  if (found.length > 0) return found;
  const names = schema.categorical.map(({ name }) => name);
  throw new AtollError(
    "MODEL_NEEDS_FEATURE",
    'model "din" needs a history of values of another feature, such as a user\'s past items; the data ' +
      `have none (categorical features: ${names.join(", ") || "none"}); add history under data.columns`,
  );
}

/**
 * The interest i of the target in a history, [batch, width]. Names: `attention/<history>/<i>`, a layer of
 * `diceTower`, and `attention/<history>/score`, a `linear`.
 */
function interestUnit(
  history: CategoricalFeature,
  schema: FeatureSchema,
  { width, attention: hidden, softmax }: DinConfig,
) {
  const name = `attention/${history.name}`;
  const tower = diceTower(name, { inputs: 4 * width, hidden });
  const score = linear(`${name}/score`, { inputs: hidden.at(-1)!, outputs: 1 });
  return {
    parameters: [...tower.parameters, ...score.parameters],
    state: tower.state,
    forward: (inputs: ForwardInputs): { interest: np.Array; state: Arrays } => {
      const of = (feature: string) => valuesOf(inputs, schema, { embedding: "deep", feature });
      const [target, past] = [of(vocabularyOf(history)), of(history.name)];
      const present = presentOf(inputs, history.name);
      // Past values of rows that count are what statistics run over.
      const weight = present.mul(inputs.weight.reshape([-1, 1])).reshape([-1]);
      const { x, state } = tower.forward({ ...inputs, weight }, beside(target, past));
      let weights = score.forward(inputs.parameters, x).reshape([-1, lengthOf(history)]);
      if (softmax) weights = jaxNn.softmax(weights.add(present.sub(1).mul(1e9)), -1);
      const counted = np.expandDims(weights.mul(present), 1);
      return { interest: np.matmul(counted, past).reshape([-1, width]), state };
    },
  };
}

/** [t, h, t - h, t * h] of a target [batch, 1, width] and values [batch, length, width], one row for each value. */
function beside(target: np.Array, past: np.Array): np.Array {
  const t = np.broadcastTo(target, past.shape);
  const all = np.concatenate([t, past, t.sub(past), t.mul(past)], 2);
  return all.reshape([-1, all.shape[2]!]);
}

/** `deepInput` with the interests in the places of histories. */
function towerInput(
  inputs: ForwardInputs,
  schema: FeatureSchema,
  pooled: Readonly<Record<string, np.Array>>,
): np.Array {
  const v = fieldVectors(inputs, schema, { embedding: "deep", pooled });
  const flat = v.reshape([v.shape[0]!, v.shape[1]! * v.shape[2]!]);
  return inputs.numeric === undefined ? flat : np.concatenate([flat, inputs.numeric], 1);
}

interface DiceTowerOptions {
  readonly inputs: number;
  readonly hidden: readonly number[];
  readonly rate?: number;
}

/** A tower x <- dropout(dice(x W + b)). Names: `<name>/<i>` a `linear`, `<name>/<i>/dice`, and its mask. */
function diceTower(name: string, { inputs, hidden, rate = 0 }: DiceTowerOptions) {
  const layers = hidden.map((outputs, i) => ({
    affine: linear(`${name}/${i}`, { inputs: hidden[i - 1] ?? inputs, outputs }),
    bend: dice(`${name}/${i}/dice`, outputs),
    drop: dropout(`${name}/${i}/dropout`, { size: outputs, rate }),
  }));
  return {
    parameters: layers.flatMap(({ affine, bend }) => [...affine.parameters, ...bend.parameters]),
    state: layers.flatMap(({ bend }) => bend.state),
    masks: layers.flatMap(({ drop }) => drop.masks),
    forward: (values: ForwardInputs, x: np.Array): { x: np.Array; state: Arrays } => {
      let state: Arrays = {};
      for (const { affine, bend, drop } of layers) {
        const bent = bend.forward(values, affine.forward(values.parameters, x));
        state = { ...state, ...bent.state };
        x = drop.forward(values, bent.x);
      }
      return { x, state };
    },
  };
}
