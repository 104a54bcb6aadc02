import { z } from "zod";
import { normal } from "../../random/index.ts";
import { pause } from "../collaborative/pause.ts";
import { solvePositiveDefinite } from "./cholesky.ts";
import { distinctItems, type Choices } from "./choices.ts";
import type { Predictor, SharedVectors, SimulatedUsers } from "./types.ts";

const share = z.number().min(0).lt(1);

export const fcfSettings = {
  width: z.number().int().positive().default(32).describe("entries of user and item factors"),
  alpha: z
    .number()
    .nonnegative()
    .default(1)
    .describe("confidence in a choice made r times: 1 + alpha r"),
  lambda: z.number().positive().default(1).describe("weight of squared factors, of either side"),
  std: z.number().positive().default(0.1).describe("spread of the first item factors"),
  learningRate: z.number().positive().default(0.05).describe("of the server's Adam"),
  beta1: share.default(0.9).describe("memory of the server's mean gradient"),
  beta2: share.default(0.99).describe("memory of its square"),
};

const fcfObject = z.strictObject(fcfSettings);
export type FcfSettings = z.infer<typeof fcfObject>;

const EPSILON = 1e-8;
const USERS_PER_PAUSE = 512;

/** Finds a user's factor from what it chose; reads item factors that `begin` was given. */
export interface UserSolver {
  /** [width], the last solution. */
  readonly factor: Float64Array;
  /** [width * width], Y Y', of all items. */
  readonly gram: Float64Array;
  readonly begin: (items: Float32Array) => void;
  /** Distinct items from..to with how often they were chosen. */
  readonly solve: (chosen: Pick<Choices, "items" | "counts">, from: number, to: number) => void;
}

/**
 * The factor that is best for one user, in closed form:
 *
 *   x_u = (Y C Y' + lambda I)^-1 Y C p,   c_i = 1 + alpha r_i,   p_i = 1 where r_i > 0, else 0
 *
 * Hu, Koren and Volinsky 2008, section 4, whose Y Y' is that of all users: Y C Y' = Y Y' + Y (C - I) Y', a
 * sum over the user's own items.
 */
export function userSolver({ width, alpha, lambda }: FcfSettings): UserSolver {
  const factor = new Float64Array(width);
  const gram = new Float64Array(width * width);
  const matrix = new Float64Array(width * width);
  let factors = new Float32Array(0);
  return {
    factor,
    gram,
    begin: (items) => {
      factors = items as Float32Array<ArrayBuffer>;
      gram.fill(0);
      for (let at = 0; at < items.length; at += width) addSquare(gram, items, { at, weight: 1 });
    },
    solve: ({ items, counts }, from, to) => {
      matrix.set(gram);
      factor.fill(0);
      for (let i = from; i < to; i++) {
        const at = items[i]! * width;
        const weight = alpha * counts[i]!;
        addSquare(matrix, factors, { at, weight });
        for (let k = 0; k < width; k++) factor[k]! += (1 + weight) * factors[at + k]!;
      }
      for (let k = 0; k < width; k++) matrix[k * width + k]! += lambda;
      solvePositiveDefinite(matrix, factor);
    },
  };
}

/** Adds weight * y y' to the lower triangle, y the `width` numbers from `at` on. */
function addSquare(
  matrix: Float64Array,
  y: Float32Array | Float64Array,
  { at, weight }: { readonly at: number; readonly weight: number },
): void {
  const width = Math.sqrt(matrix.length);
  for (let k = 0; k < width; k++) {
    const scaled = weight * y[at + k]!;
    for (let j = 0; j <= k; j++) matrix[k * width + j]! += scaled * y[at + j]!;
  }
}

/**
 * Users of federated collaborative filtering (Ammad-ud-din et al. 2019, arXiv 1901.09888). Each solves for
 * its own factor and would send, for every item,
 *
 *   f(u, i) = c_ui (p_ui - x_u'y_i) x_u
 *
 * of which only sums over users are formed here: what items that a user did not choose add up to is
 * -(sum_u x_u x_u') y_i, one small matrix for all users. Nothing stays at home between rounds. A user's
 * loss is sum_i c_ui (p_ui - x_u'y_i)^2 + lambda |x_u|^2.
 */
export function fcfUsers(choices: Choices, settings: FcfSettings): SimulatedUsers {
  const { width, alpha, lambda } = settings;
  const { offsets, items, counts } = choices;
  const solver = userSolver(settings);
  const { factor, gram } = solver;
  const squares = new Float64Array(width * width);
  return {
    home: {},
    answer: async ({ shared, users, sum, signal, onProgress }) => {
      solver.begin(shared);
      squares.fill(0);
      let [loss, examples] = [0, 0];
      for (const [done, user] of users.entries()) {
        if (done % USERS_PER_PAUSE === 0) {
          await pause(signal);
          onProgress?.(done / users.length);
        }
        const [from, to] = [offsets[user]!, offsets[user + 1]!];
        solver.solve(choices, from, to);
        addSquare(squares, factor, { at: 0, weight: 1 });
        loss += quadratic(gram, factor);
        for (let k = 0; k < width; k++) loss += lambda * factor[k]! ** 2;
        for (let i = from; i < to; i++) {
          const at = items[i]! * width;
          const confidence = 1 + alpha * counts[i]!;
          let score = 0;
          for (let k = 0; k < width; k++) score += factor[k]! * shared[at + k]!;
          loss += confidence * (1 - score) ** 2 - score ** 2;
          // The matrix counts the item as one that was not chosen.
          const push = confidence * (1 - score) + score;
          for (let k = 0; k < width; k++) sum[at + k]! += push * factor[k]!;
        }
        examples += to - from;
      }
      subtractProducts(sum, squares, shared);
      return { loss: users.length > 0 ? loss / users.length : 0, examples };
    },
    predictor: (shared) => fcfPredictor(shared, settings),
  };
}

/** x' A x of the symmetric matrix whose lower triangle is given. */
function quadratic(lower: Float64Array, x: Float64Array): number {
  const n = x.length;
  let sum = 0;
  for (let k = 0; k < n; k++) {
    let below = 0;
    for (let j = 0; j < k; j++) below += lower[k * n + j]! * x[j]!;
    sum += x[k]! * (2 * below + lower[k * n + k]! * x[k]!);
  }
  return sum;
}

/** Subtracts A y_i from the row of every item. */
function subtractProducts(sum: Float64Array, lower: Float64Array, items: Float32Array): void {
  const width = Math.sqrt(lower.length);
  const whole = lower.slice();
  for (let k = 0; k < width; k++)
    for (let j = 0; j < k; j++) whole[j * width + k] = lower[k * width + j]!;
  for (let at = 0; at < items.length; at += width)
    for (let k = 0; k < width; k++) {
      let entry = 0;
      for (let j = 0; j < width; j++) entry += whole[k * width + j]! * items[at + j]!;
      sum[at + k]! -= entry;
    }
}

/** Solves for the factor of whoever asks from its history, and scores by x_u'y_i. */
function fcfPredictor(shared: Float32Array, settings: FcfSettings): Predictor {
  const { width } = settings;
  const solver = userSolver(settings);
  solver.begin(shared);
  let own = { items: new Int32Array(64), counts: new Int32Array(64) };
  return {
    begin: (_user, history) => {
      if (history.length > own.items.length) {
        const size = 2 * history.length;
        own = { items: new Int32Array(size), counts: new Int32Array(size) };
      }
      solver.solve(own, 0, distinctItems(history.slice(), own));
    },
    score: (item) => {
      let score = 0;
      for (let k = 0; k < width; k++) score += solver.factor[k]! * shared[item * width + k]!;
      return score;
    },
  };
}

/**
 * The server's half: an Adam step along the gradient of the loss of all users,
 *
 *   dJ/dy_i = -2 (N / n) sum_u f(u, i) + 2 lambda y_i
 *
 * The gradient and Adam are the paper's. N / n stands for users that were not drawn, so that lambda means
 * the same whatever the share of users; Adam is bias-corrected, as Kingma and Ba 2015 have it.
 */
export function fcfServer(settings: FcfSettings): SharedVectors {
  const { width, lambda, std, learningRate, beta1, beta2 } = settings;
  return {
    width,
    initial: (numItems, random) =>
      Float32Array.from({ length: numItems * width }, () => std * normal(random)),
    moments: ["mean", "square"],
    step: (shared, { sum, answered, users, step, moments }) => {
      const { mean, square } = moments as Record<"mean" | "square", Float32Array>;
      const scale = (-2 * users) / answered;
      const rate = learningRate / (1 - beta1 ** (step + 1));
      const correction = 1 / (1 - beta2 ** (step + 1));
      for (let i = 0; i < shared.length; i++) {
        const gradient = scale * sum[i]! + 2 * lambda * shared[i]!;
        mean[i] = beta1 * mean[i]! + (1 - beta1) * gradient;
        square[i] = beta2 * square[i]! + (1 - beta2) * gradient * gradient;
        shared[i]! -= (rate * mean[i]!) / (Math.sqrt(square[i]! * correction) + EPSILON);
      }
    },
  };
}
