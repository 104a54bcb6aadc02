import { lax, type numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { tasksOf, type FeatureSchema } from "../../data/schema.ts";
import { AtollError } from "../../errors/index.ts";
import { linear, mlp, ofPart, relu, sigmoid, type Arrays } from "../../nn/index.ts";
import type { ModelPart, ParameterSpec } from "../../tensor/index.ts";
import { deepInput, deepInputSize, embedAll, hiddenSizes } from "../ctr/features.ts";
import { fieldVectors } from "../fields.ts";
import { count, sideBySide, taskFields } from "../multitask/tasks.ts";
import type { ModelDefinition } from "../types.ts";
import { checkScenario, scenarioFeature } from "./scenario.ts";

const { width, batchNorm, dropout, embeddingStd } = taskFields;

const config = z.strictObject({
  kind: z.literal("pepnet"),
  scenario: scenarioFeature,
  prior: z
    .array(z.string().min(1))
    .optional()
    .describe("the categorical features that say who and what it is about; default: user and item"),
  width,
  hidden: hiddenSizes.default([64, 32]).describe("widths of the layers of each task's tower"),
  gateHidden: count.default(32).describe("width of the layer inside each gate"),
  batchNorm,
  dropout,
  embeddingStd,
});

export type PepnetConfig = z.infer<typeof config>;

/**
 * Parameter and embedding personalised network: gates scale what enters, by the scenario, and every
 * hidden unit of each task's tower, by the prior (who, what).
 *
 *   gate(x) = 2 sigmoid(relu(x W_1 + b_1) W_2 + b_2)
 *   EPNet: o = e * gate_E([v_scenario, sg(e)]),                       e = [v_1, ..., v_F, x_numeric]
 *   PPNet: h^0 = o,   h^l = gate_l([sg(o), v_prior]) * relu(h^{l-1} W_l + b_l),   logit = w h^L + b
 *
 * sg lets no gradient through. Chang et al. 2023, section 3. Names of a layer: `tower<t>/<l>`, an `mlp` of
 * one layer, and `tower<t>/<l>/gate`.
 */
export const pepnet = {
  config,
  summary: "gates on embeddings by scenario, on hidden units by user and item (Chang et al. 2023)",
  build: (settings, schema) => {
    const { scenario, hidden, gateHidden, batchNorm, dropout } = settings;
    checkScenario("pepnet", schema, scenario);
    const prior = priorOf(schema, settings.prior);
    const size = deepInputSize(schema, settings.width);
    const byScenario = gate("embedding", {
      inputs: settings.width + size,
      hidden: gateHidden,
      outputs: size,
    });
    const towers = tasksOf(schema).map((_, t) => {
      const part = (layer: number): ModelPart => ({ kind: "tower", task: t, layer });
      const layers = hidden.map((outputs, l) => ({
        layer: mlp(`tower${t}/${l}`, {
          inputs: hidden[l - 1] ?? size,
          hidden: [outputs],
          batchNorm,
          dropout,
          part: () => part(l),
        }),
        gate: ofPart(
          gate(`tower${t}/${l}/gate`, {
            inputs: size + prior.length * settings.width,
            hidden: gateHidden,
            outputs,
          }),
          part(l),
        ),
      }));
      const head = linear(`head${t}`, { inputs: hidden.at(-1)!, outputs: 1 });
      return { layers, head: ofPart(head, part(hidden.length)) };
    });
    const layers = towers.flatMap((tower) => tower.layers);
    const place = (name: string) => schema.categorical.findIndex((f) => f.name === name);
    return {
      kind: "pepnet",
      multiTask: true,
      parameters: [
        ...byScenario.parameters,
        ...layers.flatMap(({ layer, gate }) => [...layer.parameters, ...gate.parameters]),
        ...towers.flatMap(({ head }) => head.parameters),
      ],
      state: layers.flatMap(({ layer }) => layer.state),
      dropout: layers.flatMap(({ layer }) => layer.masks),
      embeddings: embedAll("deep", schema, {
        width: settings.width,
        std: settings.embeddingStd,
      }),
      forward: (inputs) => {
        const { parameters } = inputs;
        const e = deepInput(inputs, schema, "deep");
        const vectors = fieldVectors(inputs, schema, { embedding: "deep" });
        const vectorOf = (name: string) => vectors.slice([], place(name), []);
        const own = sideBySide([vectorOf(scenario), lax.stopGradient(e)]);
        const o = e.mul(byScenario.forward(parameters, own));
        const person = sideBySide([lax.stopGradient(o), ...prior.map(vectorOf)]);
        let state: Arrays = {};
        const logits = towers.map(({ layers, head }) => {
          let h = o;
          for (const { layer, gate } of layers) {
            const next = layer.forward(inputs, h);
            state = { ...state, ...next.state };
            h = next.x.mul(gate.forward(parameters, person));
          }
          return head.forward(parameters, h);
        });
        return { logits: sideBySide(logits), state };
      },
    };
  },
} as const satisfies ModelDefinition<PepnetConfig>;

/** The features that a config names, or those of user and item that there are. */
function priorOf(schema: FeatureSchema, named: readonly string[] | undefined): readonly string[] {
  const names = schema.categorical.map(({ name }) => name);
  if (named === undefined) return ["user", "item"].filter((name) => names.includes(name));
  const missing = named.filter((name) => !names.includes(name));
  if (missing.length === 0) return named;
  throw new AtollError(
    "MODEL_NEEDS_FEATURE",
    `model "pepnet" has no feature ${missing.map((name) => `"${name}"`).join(" and ")} for its prior ` +
      `(categorical features: ${names.join(", ")}); name some of these under model.prior`,
  );
}

interface Gate {
  readonly parameters: readonly ParameterSpec[];
  /** [batch, inputs] to factors between 0 and 2, [batch, outputs]. */
  readonly forward: (parameters: Arrays, x: np.Array) => np.Array;
}

/** 2 sigmoid(relu(x W_1 + b_1) W_2 + b_2), names `<name>/0` and `<name>/1`. */
function gate(
  name: string,
  { inputs, hidden, outputs }: { inputs: number; hidden: number; outputs: number },
): Gate {
  const [first, second] = [
    linear(`${name}/0`, { inputs, outputs: hidden }),
    linear(`${name}/1`, { inputs: hidden, outputs }),
  ];
  return {
    parameters: [...first.parameters, ...second.parameters],
    forward: (parameters, x) => {
      const z = second.forward(parameters, relu(first.forward(parameters, x)));
      return sigmoid(z).mul(2);
    },
  };
}
