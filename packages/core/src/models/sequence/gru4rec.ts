import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { arrayOf, dropout, linear, type Arrays, sigmoid } from "../../nn/index.ts";
import { linearDefault, type ParameterSpec } from "../../tensor/index.ts";
import { dropoutRate } from "../ctr/features.ts";
import type { ModelDefinition } from "../types.ts";
import { sequenceModel, type SequenceEncoder } from "./sequence-model.ts";
import { sequenceFields } from "./settings.ts";

const config = z.strictObject({
  kind: z.literal("gru4rec"),
  ...sequenceFields,
  units: z
    .number()
    .int()
    .positive()
    .optional()
    .describe("entries of each layer's state; default: the width, which spares a projection to it"),
  layers: z.number().int().positive().default(1).describe("recurrent layers, one on the other"),
  dropout: dropoutRate.describe("share of the inputs of every layer that training drops"),
});

export type Gru4RecConfig = z.infer<typeof config>;

interface Gru {
  readonly parameters: readonly ParameterSpec[];
  /** [batch, length, inputs] to [batch, length, units]; absent positions leave the state as it is. */
  readonly forward: (values: Arrays, x: np.Array, present: np.Array) => np.Array;
}

/**
 * A layer of gated recurrent units, as `torch.nn.GRU` has them, from h_0 = 0.
 *
 *   r = sigmoid(x W_r + b_r + h U_r + c_r),   z = sigmoid(x W_z + b_z + h U_z + c_z)
 *   n = tanh(x W_n + b_n + r (h U_n + c_n)),   h <- z h + (1 - z) n
 *
 * Cho et al. 2014. W = [W_r, W_z, W_n] is `<name>/input` [inputs, 3 units], U `<name>/recurrent`
 * [units, 3 units], b and c their biases [3 units].
 */
function gru(name: string, { inputs, units }: { inputs: number; units: number }): Gru {
  const init = linearDefault(units); // PyTorch draws all four alike
  const spec = (part: string, rows: readonly number[]): ParameterSpec => ({
    name: `${name}/${part}`,
    shape: [...rows, 3 * units],
    role: "weight",
    init,
  });
  const parameters = [
    spec("input", [inputs]),
    spec("recurrent", [units]),
    spec("input-bias", []),
    spec("recurrent-bias", []),
  ];
  return {
    parameters,
    forward: (values, x, present) => {
      const [w, u, b, c] = parameters.map((spec) => arrayOf(values, spec.name)) as [
        np.Array,
        np.Array,
        np.Array,
        np.Array,
      ];
      const [batch, length] = x.shape as [number, number];
      const thirds = (y: np.Array) => np.split(y, 3, 1) as [np.Array, np.Array, np.Array];
      const there = np.split(present, length, 1);
      let h = np.zeros([batch, units]);
      const states = np.split(np.matmul(x, w).add(b), length, 1).map((step, t) => {
        const [xr, xz, xn] = thirds(step.reshape([batch, 3 * units]));
        const [hr, hz, hn] = thirds(np.matmul(h, u).add(c));
        const fresh = np.tanh(xn.add(sigmoid(xr.add(hr)).mul(hn)));
        // 1 - z of the formula, and 0 where there is no item.
        const renewed = sigmoid(xz.add(hz).neg()).mul(there[t]!);
        h = h.add(renewed.mul(fresh.sub(h)));
        return h.reshape([batch, 1, units]);
      });
      return np.concatenate(states, 1);
    },
  };
}

/**
 * GRU4Rec: a recurrent network reads the session, its state scores the next item.
 *
 *   s_t = W GRU(v_1, ..., v_t) + b,   logit = <s_t, v_item>
 *
 * Hidasi et al. 2016; with the loss and the tied item vectors of Hidasi and Karatzoglou 2018. Where
 * `units` is the width, the state is the GRU's, without a projection.
 */
export const gru4rec = {
  config,
  summary: "gated recurrent units over the past items (Hidasi et al. 2016)",
  build: (settings, schema) => {
    const { width, layers, dropout: rate, units = width } = settings;
    const encoder = (length: number): SequenceEncoder => {
      const grus = Array.from({ length: layers }, (_, i) => {
        const inputs = i === 0 ? width : units;
        return {
          inputs,
          drop: dropout(`gru/${i}/drop`, { size: length * inputs, rate }),
          layer: gru(`gru/${i}`, { inputs, units }),
        };
      });
      const project =
        units === width ? undefined : linear("project", { inputs: units, outputs: width });
      return {
        parameters: [
          ...grus.flatMap(({ layer }) => layer.parameters),
          ...(project?.parameters ?? []),
        ],
        masks: grus.flatMap(({ drop }) => drop.masks),
        states: (values) => {
          let x = values.items;
          for (const { inputs, drop, layer } of grus) {
            const dropped = drop.forward(values, x.reshape([-1, length * inputs]));
            x = layer.forward(
              values.parameters,
              dropped.reshape([-1, length, inputs]),
              values.present,
            );
          }
          return project === undefined ? x : project.forward(values.parameters, x);
        },
      };
    };
    return sequenceModel(settings, schema, { target: "next", encoder });
  },
} as const satisfies ModelDefinition<Gru4RecConfig>;
