import { numpy as np, valueAndGrad } from "@jax-js/jax";
import { z } from "zod";
import { arrayOf, crossEntropies, linear, relu, sigmoid, type Arrays } from "../../nn/index.ts";
import {
  compile,
  normalInit,
  parameterLayout,
  type ParameterLayout,
  type Program,
  type TensorSpec,
} from "../../tensor/index.ts";

const count = z.number().int().positive();

export const p2fcdrSettings = {
  width: count.default(32).describe("entries of user and item vectors"),
  negatives: count.default(4).describe("for each choice, drawn anew each pass"),
  batchSize: count.default(1024).describe("choices and negatives of a step"),
  orthogonality: z
    .number()
    .nonnegative()
    .default(1)
    .describe("weight of how far the mapping is from orthogonal"),
  noise: z
    .number()
    .nonnegative()
    .default(0.1)
    .describe("scale of the Laplace noise on every entry of a mapped user vector that is sent"),
};

const settings = z.strictObject(p2fcdrSettings);
export type P2fcdrSettings = z.infer<typeof settings>;

/** The mapping that a domain sends its users' vectors through, [width, width]. */
export const MAPPING = "mapping";

const gateOf = (width: number) =>
  [0, 1].map((i) => linear(`gate/${i}`, { inputs: width, outputs: width }));

/** Dense parameters; vectors of users and items are tables. */
export function p2fcdrLayout({ width }: Pick<P2fcdrSettings, "width">): ParameterLayout {
  const mapping = { name: MAPPING, shape: [width, width], role: "weight" as const };
  return parameterLayout([
    // The server sends the first mapping.
    { ...mapping, init: normalInit(1 / Math.sqrt(width)) },
    ...gateOf(width).flatMap((layer) => layer.parameters),
  ]);
}

const tensor = (name: string, shape: readonly number[]): TensorSpec => ({
  name,
  shape,
  dtype: "float32",
});

const parametersIn = ({ views }: ParameterLayout) =>
  views.map(({ name, shape }) => tensor(`parameter:${name}`, shape));

const parametersOf = (arrays: Arrays, { views }: ParameterLayout): Arrays =>
  Object.fromEntries(views.map(({ name }) => [name, arrayOf(arrays, `parameter:${name}`)]));

/**
 * What a user is compared by, [B, width]: its vector u of this domain and c, that of the other domain, mixed
 * entry by entry; u alone where the other domain does not know the user.
 *
 *   u* = g u + (1 - g) c,   g = sigma(W_1 relu(W_0 (u - c)))
 */
function fused(parameters: Arrays, arrays: Arrays): np.Array {
  const [users, other] = [arrayOf(arrays, "users"), arrayOf(arrays, "other")];
  const known = arrayOf(arrays, "known").reshape([-1, 1]);
  const width = users.shape[1]!;
  const back = np.transpose(arrayOf(parameters, MAPPING), [1, 0]);
  const mapped = np.matmul(other, back);
  const [first, second] = gateOf(width) as [ReturnType<typeof linear>, ReturnType<typeof linear>];
  const difference = users.sub(mapped);
  const hidden = relu(first.forward(parameters, difference));
  const gate = sigmoid(second.forward(parameters, hidden));
  // c + g (u - c), and u where nothing is known.
  return users.sub(difference.mul(gate.neg().add(1)).mul(known));
}

export interface ProgramOptions extends Pick<P2fcdrSettings, "width" | "orthogonality"> {
  /** B */
  readonly batchSize: number;
}

/**
 * A step of a domain of P2FCDR (Chen et al. 2023) on B pairs of a user and an item.
 *
 *   L = mean BCE(u*'v) + orthogonality |M M' - I|^2
 *
 * Inputs: `parameter:<name>`; rows `users`, `items` [B, width]; `other` [B, width], the user's vector in the
 * other domain's space; `known`, `label`, `present` [B]. Outputs: `loss` [1] without the penalty and
 * `gradient:<input>` of parameters and rows.
 *
 * What arrives was mapped by the other domain; with the mapping as it stood then it is turned back, and with
 * the mapping as it is learned it comes here again: c = other M'. So the prediction teaches the mapping,
 * which in the authors' code nothing does but the penalty. Vectors by id and the inner product are the
 * plainest of what the paper and its implementations have.
 */
export function p2fcdrTraining(options: ProgramOptions): Program {
  const { width, batchSize, orthogonality } = options;
  const layout = p2fcdrLayout(options);
  const parameters = parametersIn(layout);
  const rows = [tensor("users", [batchSize, width]), tensor("items", [batchSize, width])];
  const given = ["known", "label", "present"].map((name) => tensor(name, [batchSize]));
  const named = (arrays: Arrays, specs: readonly TensorSpec[]): Arrays =>
    Object.fromEntries(specs.map(({ name }) => [name, arrayOf(arrays, name)]));
  return compile({
    name: "p2fcdr",
    inputs: [...parameters, ...rows, tensor("other", [batchSize, width]), ...given],
    fn: (arrays) => {
      const total = (dense: Arrays, own: Arrays): [np.Array, np.Array] => {
        const values = parametersOf(dense, layout);
        const present = arrayOf(arrays, "present");
        const mixed = fused(values, { ...arrays, ...own });
        const logits = np.sum(mixed.mul(arrayOf(own, "items")), -1);
        const losses = crossEntropies(logits, arrayOf(arrays, "label"));
        const loss = np.sum(losses.mul(present)).div(np.maximum(np.sum(present), 1));
        const mapping = arrayOf(values, MAPPING);
        const off = np.matmul(mapping, np.transpose(mapping, [1, 0])).sub(np.eye(width));
        return [loss.add(np.sum(np.square(off)).mul(orthogonality)), loss];
      };
      const gradients = valueAndGrad(total as never, {
        argnums: [0, 1],
        hasAux: true,
      }) as unknown as (...own: Arrays[]) => [[np.Array, np.Array], [Arrays, Arrays]];
      const [[, loss], [dense, own]] = gradients(named(arrays, parameters), named(arrays, rows));
      return {
        loss: loss.reshape([1]),
        ...Object.fromEntries(
          Object.entries({ ...dense, ...own }).map(([name, gradient]) => [
            `gradient:${name}`,
            gradient,
          ]),
        ),
      };
    },
  });
}

/** Inputs: `parameter:<name>`, `users`, `other` [B, width], `known` [B]. Output: `fused` [B, width]. */
export function p2fcdrUsers({ width, batchSize }: ProgramOptions): Program {
  const layout = p2fcdrLayout({ width });
  return compile({
    name: "p2fcdr users",
    inputs: [
      ...parametersIn(layout),
      tensor("users", [batchSize, width]),
      tensor("other", [batchSize, width]),
      tensor("known", [batchSize]),
    ],
    fn: (arrays) => ({ fused: fused(parametersOf(arrays, layout), arrays) }),
  });
}
