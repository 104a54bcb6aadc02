import { describe, expect, test } from "vitest";
import {
  columnsOf,
  numColumnsOf,
  withPairs,
  type Batch,
  type TrainingData,
} from "../../../data/index.ts";
import { batchesOf, passOf } from "../../../data/pass.fixture.ts";
import type { CollaborativeVectors } from "../../../federation/client-memory.ts";
import type { Factors } from "../../../models/collaborative/index.ts";
import { streamOf } from "../../../random/index.ts";
import { marketsOf } from "../../two-markets.fixture.ts";
import { dataOf, vectorsOf } from "./click-model.fixture.ts";
import { SCORE_FEATURE, scorePairs } from "./scores.ts";

const [implicit] = marketsOf("implicit");
const [explicit] = marketsOf("explicit");

type HeldOut = "full" | "mean";
const options = (heldOut: HeldOut) => ({ heldOut, random: streamOf(1, "score-scale") });

function scored(
  vectors: CollaborativeVectors,
  data: TrainingData,
  heldOut: HeldOut = "full",
): TrainingData {
  return withPairs(data, [SCORE_FEATURE], scorePairs(vectors, data, options(heldOut)));
}

/** User and item as the vectors number them, with label and score, of every row of the batches. */
function read(batches: Iterable<Batch>, { schema }: TrainingData) {
  const width = numColumnsOf(schema);
  const [user, item] = ["user", "item"].map(
    (feature) => columnsOf(schema)[schema.categorical.findIndex(({ name }) => name === feature)]!,
  );
  const N = schema.numeric.length;
  return Array.from(batches, ({ numRows, categorical, numeric, label }) =>
    Array.from({ length: numRows }, (_, row) => ({
      user: categorical[row * width + user!]! - 1,
      item: categorical[row * width + item!]! - 1,
      label: label[row]!,
      score: numeric[row * N + N - 1]!,
    })),
  ).flat();
}

const passRows = (data: TrainingData, seed = 5) =>
  read(passOf(data, { batchSize: 32, random: streamOf(seed, "pass") }), data);

function product({ width, users, items, bias }: Factors, user: number, item: number): number {
  const u = users.slice(user * width, (user + 1) * width);
  const i = items.slice(item * width, (item + 1) * width);
  return u.reduce((sum, x, k) => sum + x * i[k]!, bias![item]!);
}

/** Subtracts a line that two scores define, so that what is left does not know how scores are standardised. */
function shapeOf(values: readonly number[]): number[] {
  const [first, second] = values;
  return values.map((value) => (value - first!) / (second! - first!));
}

describe.each([
  ["implicit feedback", implicit!],
  ["explicit feedback", explicit!],
])("%s, three folds", (_, split) => {
  const vectors = vectorsOf(split, 3);
  const data = scored(vectors, dataOf(split));

  test("training rows have the score of the model without their fold, standardised", () => {
    const { train } = data;
    const rows = Array.from(train.at);
    const raw = rows.map((row) => {
      const model = vectors.folds[vectors.foldOfRow[row]!]!;
      return product(model, vectors.userOfRow[row]!, vectors.itemOfRow[row]!);
    });
    const written = read(batchesOf(train, data.schema, 64), data).map(({ score }) => score);
    const expected = shapeOf(raw);
    shapeOf(written).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 3));
    // Another fold's model, or the full one, would give something else.
    const full = rows.map((row) =>
      product(vectors.factors, vectors.userOfRow[row]!, vectors.itemOfRow[row]!),
    );
    expect(shapeOf(full)[2]).not.toBeCloseTo(expected[2]!, 3);
  });

  test.each(["full", "mean"] as const)("held-out rows have the score of: %s", (heldOut) => {
    const models = heldOut === "full" ? [vectors.factors] : vectors.folds;
    const own = scored(vectors, dataOf(split), heldOut);
    for (const part of [own.parts[0]!.valid.examples(), own.parts[0]!.test.examples()]) {
      const rows = read(batchesOf(part, own.schema, 64), own);
      const raw = rows.map(
        ({ user, item }) =>
          models.reduce((sum, model) => sum + product(model, user, item), 0) / models.length,
      );
      const expected = shapeOf(raw);
      shapeOf(rows.map(({ score }) => score)).forEach((value, i) =>
        expect(value).toBeCloseTo(expected[i]!, 3),
      );
    }
  });

  test("what a row's own fold model is not has no part in its score", () => {
    const { train } = data;
    const ofFold = Array.from(train.at.keys()).filter((i) => vectors.foldOfRow[train.at[i]!] === 1);
    const scoresWith = (changed: readonly number[]) => {
      const other = vectorsOf({ ...split, client: "another" }, 3);
      const folds = vectors.folds.map((own, f) => (changed.includes(f) ? other.folds[f]! : own));
      const full = changed.includes(-1) ? other.factors : vectors.factors;
      const with_ = scored({ ...vectors, folds, factors: full }, dataOf(split));
      const all = read(batchesOf(with_.train, with_.schema, 64), with_);
      return shapeOf(ofFold.map((i) => all[i]!.score));
    };
    const own = scoresWith([]);
    scoresWith([-1, 0, 2]).forEach((value, i) => expect(value).toBeCloseTo(own[i]!, 3));
    expect(scoresWith([1])[2]).not.toBeCloseTo(own[2]!, 2);
  });

  test("a pass has about mean 0 and deviation 1, whatever the vectors' size", () => {
    for (const size of [1e-3, 1, 1e3]) {
      const grown = vectors.folds.map((model) => ({
        ...model,
        items: model.items.map((x) => x * size),
        bias: model.bias!.map((x) => x * size + 5),
      }));
      const with_ = scored({ ...vectors, folds: grown }, dataOf(split));
      const values = Array.from({ length: 20 }, (_, seed) => passRows(with_, seed)).flat();
      const mean = values.reduce((sum, { score }) => sum + score, 0) / values.length;
      const square = values.reduce((sum, { score }) => sum + score * score, 0) / values.length;
      expect(Math.abs(mean)).toBeLessThan(0.15);
      expect(Math.abs(square - 1), `size ${size}`).toBeLessThan(0.3);
    }
  });
});

test("negatives are scored by the model of their positive's fold", () => {
  const vectors = vectorsOf(implicit!, 3);
  // A model's bias says which model scored, its vectors nothing.
  const silent = vectors.folds.map((model, f) => ({
    ...model,
    users: model.users.map(() => 0),
    bias: model.bias!.map((_, item) => 1000 * f + item),
  }));
  const data = dataOf(implicit!);
  const pairs = scorePairs({ ...vectors, folds: silent }, data, options("full"));
  const out = new Float32Array(2);
  pairs.write(data.train.at[0]!, 0, out, 0);
  pairs.write(data.train.at[0]!, 1, out, 1);
  const [own] = out;
  const one = out[1]! - own!;
  const fold = vectors.foldOfRow[data.train.at[0]!]!;
  const with_ = withPairs(data, [SCORE_FEATURE], pairs);
  const modelOf = (score: number, item: number) => ((score - own!) / one - item) / 1000 + fold;
  let negatives = 0;
  const foldsOf = new Map<number, Set<number>>();
  for (const row of data.train.at) {
    const user = vectors.userOfRow[row]!;
    foldsOf.set(user, (foldsOf.get(user) ?? new Set()).add(vectors.foldOfRow[row]!));
  }
  const counts = [0, 0, 0];
  for (const { user, item, label, score } of passRows(with_)) {
    if (label === 1) continue;
    negatives += 1;
    const model = Math.round(modelOf(score, item));
    expect(foldsOf.get(user)).toContain(model);
    counts[model]! += 1;
  }
  expect(negatives).toBe(2 * data.train.numRows);
  const positives = [0, 1, 2].map(
    (f) => data.train.at.filter((row) => vectors.foldOfRow[row] === f).length,
  );
  expect(counts).toEqual(positives.map((count) => 2 * count));
});

describe("a memory of pairs without any structure", () => {
  /** s(u, i) = 1 where training holds the pair outside of the fold: one entry per user. */
  const memoryOf = (split: typeof implicit, numFolds: number): CollaborativeVectors => {
    const vectors = vectorsOf(split!, numFolds);
    const { foldOfRow, userOfRow, itemOfRow } = vectors;
    const { train } = dataOf(split!);
    const [width, numItems] = [vectors.userCounts.length, vectors.itemCounts.length];
    const model = (without: number): Factors => {
      const items = new Float32Array(numItems * width);
      for (const row of train.at)
        if (foldOfRow[row] !== without) items[itemOfRow[row]! * width + userOfRow[row]!] = 1;
      const users = new Float32Array(width * width);
      for (let u = 0; u < width; u++) users[u * width + u] = 1;
      return { width, users, items };
    };
    const folds = numFolds === 1 ? [] : Array.from({ length: numFolds }, (_, f) => model(f));
    return { ...vectors, factors: model(-1), folds };
  };
  const spread = (folds: number) => {
    const rows = passRows(scored(memoryOf(implicit, folds), dataOf(implicit!)));
    const mean = (label: number) => {
      const own = rows.filter((row) => row.label === label);
      return own.reduce((sum, { score }) => sum + score, 0) / own.length;
    };
    return mean(1) - mean(0);
  };

  test("tells a pass nothing about its labels out of fold", () => {
    expect(spread(3)).toBe(0);
  });

  test("tells everything in sample: the control shows that the check can fail", () => {
    expect(spread(1)).toBeGreaterThan(1);
  });
});
