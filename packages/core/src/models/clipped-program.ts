import { numpy as np, valueAndGrad, vmap } from "@jax-js/jax";
import { lengthOf, tasksOf, vocabularyOf, type FeatureSchema } from "../data/schema.ts";
import type { EmbeddingSpec } from "../embedding/index.ts";
import { arrayOf, type Arrays } from "../nn/index.ts";
import { compile, parameterLayout, type ParameterLayout, type Program } from "../tensor/index.ts";
import { clipFactors } from "./clip-factors.ts";
import { summedLoss, type LossOptions } from "./loss.ts";
import { embeddingInput, forwardInputs, givenInputs, learnedInputs, tensor } from "./program.ts";
import { tableSquares } from "./table-squares.ts";
import type { Model } from "./types.ts";

export interface ClippedOptions {
  readonly layout: ParameterLayout;
  readonly schema: FeatureSchema;
  /** Units in a batch, and rows of each: B = units * rowsPerUnit. */
  readonly units: number;
  readonly rowsPerUnit: number;
  readonly loss: Pick<LossOptions, "loss" | "taskWeights">;
  /** `per-layer`: every parameter and every table is clipped by itself, each to the same bound. */
  readonly clipping: "flat" | "per-layer";
}

/**
 * The clipped sum of a batch's gradients, unit by unit (DP-SGD, Abadi et al. 2016, algorithm 1):
 *
 *   sum_u c_u g_u,   c_u = min(1, bound / |g_u|),   g_u the gradient of L_u = sum_b w_b l_b over u's rows
 *
 * Rows [u rowsPerUnit, (u + 1) rowsPerUnit) are unit u's; padding rows weigh 0. A unit goes through the model
 * by itself (vmap), so that its gradient is a function of its own rows whatever the model does.
 *
 * Inputs: those of `trainProgram` without states, B rows; `slot:<embedding>` [B, values], what tells equal
 * table rows of a unit (`tableSquares`); `bound` [1].
 * Outputs: `loss`, the sum of all L_u; `squares` [units, groups], |g_u|^2 of every parameter in the order
 * of the layout, then of every embedding; `gradient:parameter:<name>`, clipped sums;
 * `gradient:embedding:<name>` [B, values, width], each unit's times its factor.
 *
 * Norms and sums are taken of the same numbers, so that rounding in the forward pass cannot come between
 * them. Written out, gradients by unit would take units times the size of the parameters; the fusions
 * `outerSquares` and `weightedOuter` leave nothing of that size for layers that are products.
 */
export function clippedProgram(model: Model, options: ClippedOptions): Program {
  const { layout, schema, units, rowsPerUnit, loss: objective, clipping } = options;
  const noState = parameterLayout([]);
  const layouts = { layout, stateLayout: noState, schema };
  const batchSize = units * rowsPerUnit;
  const numTasks = model.multiTask === true ? tasksOf(schema).length : 0;
  const parameterNames = layout.views.map(({ name }) => `parameter:${name}`);
  const embeddingNames = model.embeddings.map(({ name }) => embeddingInput(name));
  const masks = model.dropout ?? [];

  const given = [
    ...givenInputs(model, noState, schema, batchSize, 1),
    ...masks.map(({ name, size }) => tensor(`dropout:${name}`, [batchSize, size])),
    tensor("label", numTasks > 0 ? [batchSize, numTasks] : [batchSize]),
    tensor("weight", [batchSize]),
  ];
  const slots = model.embeddings.map((spec) =>
    tensor(`slot:${spec.name}`, [batchSize, numValues(spec, schema)]),
  );

  /** L_u of one unit: all arrays but the parameters are its own rows. */
  const unitLoss = (parameters: Arrays, embeddings: Arrays, rest: Arrays): np.Array => {
    const weight = arrayOf(rest, "weight");
    const total = np.sum(weight);
    const outputs = model.forward(
      forwardInputs(
        model,
        layouts,
        { ...parameters, ...embeddings, ...rest },
        {
          // A unit of padding alone has no mean; its loss is 0 all the same.
          weight: weight.add(np.equal(total, 0).astype(np.float32)),
          dropout: Object.fromEntries(
            masks.map(({ name }) => [name, arrayOf(rest, `dropout:${name}`)]),
          ),
          mode: "train",
        },
      ),
    );
    const loss = summedLoss(objective, outputs.logits, arrayOf(rest, "label"), weight);
    return outputs.penalty === undefined ? loss : loss.add(outputs.penalty.mul(total));
  };
  const gradientsOf = vmap(valueAndGrad(unitLoss, { argnums: [0, 1] }) as never, [
    null,
    0,
    0,
  ]) as unknown as (...arrays: Arrays[]) => [np.Array, [Arrays, Arrays]];

  return compile({
    name: `clipped:${model.kind}`,
    inputs: [
      ...learnedInputs(model, layout, schema, batchSize, 1),
      ...given,
      ...slots,
      tensor("bound", [1]),
    ],
    fn: (arrays) => {
      const pick = (names: readonly string[]) =>
        Object.fromEntries(names.map((name) => [name, arrayOf(arrays, name)]));
      const byUnit = (parts: Arrays): Arrays =>
        Object.fromEntries(
          Object.entries(parts).map(([name, x]) => [
            name,
            x.reshape([units, rowsPerUnit, ...x.shape.slice(1)]),
          ]),
        );
      const [losses, [dense, tables]] = gradientsOf(
        pick(parameterNames),
        byUnit(pick(embeddingNames)),
        byUnit(pick(given.map(({ name }) => name))),
      );
      const flat = parameterNames.map((name) => arrayOf(dense, name).reshape([units, -1]));
      const squares = [
        ...flat.map((gradient) => np.sum(np.square(gradient), 1, { keepdims: true })),
        ...model.embeddings.map((spec) =>
          tableSquares(
            arrayOf(tables, embeddingInput(spec.name)),
            byUnit(pick([`slot:${spec.name}`]))[`slot:${spec.name}`]!,
            occurrencesOf(spec, schema),
          ),
        ),
      ];
      const factors = clipFactors(squares, arrayOf(arrays, "bound"), clipping);
      return {
        loss: np.sum(losses),
        squares: squares.length === 1 ? squares[0]! : np.concatenate(squares, 1),
        ...Object.fromEntries(
          layout.views.map(({ name, shape }, i) => [
            `gradient:parameter:${name}`,
            np.matmul(factors[i]!.reshape([1, units]), flat[i]!).reshape([...shape]),
          ]),
        ),
        ...Object.fromEntries(
          embeddingNames.map((name, i) => {
            const factor = factors[layout.views.length + i]!.reshape([units, 1, 1, 1]);
            const gradient = arrayOf(tables, name).mul(factor);
            return [`gradient:${name}`, gradient.reshape(arrayOf(arrays, name).shape)];
          }),
        ),
      };
    },
  });
}

function numValues({ features }: EmbeddingSpec, schema: FeatureSchema): number {
  return occurrencesOf({ features }, schema).reduce((sum, positions) => sum + positions.length, 0);
}

/** The positions among an embedding's values that read the same rows, by vocabulary. */
export function occurrencesOf(
  { features }: Pick<EmbeddingSpec, "features">,
  schema: FeatureSchema,
): readonly (readonly number[])[] {
  const positions = new Map<string, number[]>();
  let at = 0;
  for (const name of features) {
    const feature = schema.categorical.find((candidate) => candidate.name === name)!;
    const own = positions.get(vocabularyOf(feature)) ?? [];
    for (let i = 0; i < lengthOf(feature); i++) own.push(at++);
    positions.set(vocabularyOf(feature), own);
  }
  return [...positions.values()];
}
