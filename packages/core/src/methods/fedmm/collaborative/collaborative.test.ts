import { beforeAll, describe, expect, test } from "vitest";
import { encode, itemsOfUser, syntheticCommon, type SplitClient } from "../../../data/index.ts";
import type { CollaborativeVectors } from "../../../federation/index.ts";
import {
  createLightGcn,
  lightGcnConfig,
  type Positives,
} from "../../../models/collaborative/index.ts";
import { streamOf } from "../../../random/index.ts";
import { trainingConfig } from "../../../training/index.ts";
import { lightgcn } from "../../baselines/lightgcn.ts";
import { COLLABORATIVE_FILE } from "./file.ts";
import { orderMetric } from "./order-metric.ts";
import { collaborativeVectorsStage } from "./collaborative.ts";
import { configOf, marketTables, partyOf, runStage, settings, splitOf } from "./world.fixture.ts";
import type { FedMmConfig } from "../config.ts";

let split: SplitClient;
let implicit: SplitClient;
beforeAll(() => {
  const table = marketTables({ a: 600 }).get("a")!;
  split = splitOf("a", table);
  implicit = splitOf("a", table, "implicit");
});

const last = { training: trainingConfig.parse({ select: "last" }) };

async function vectorsOf(
  of: SplitClient,
  config: FedMmConfig = configOf(),
  own: Parameters<typeof runStage>[2] = {},
): Promise<CollaborativeVectors> {
  const party = partyOf(of);
  await runStage([party], config, own);
  return party.context.memory.collaborative!;
}

/** Positives of some training rows, from the vectors' own numbering. */
function positivesOf(
  { userOfRow, itemOfRow, userCounts, itemCounts }: CollaborativeVectors,
  rows: readonly number[],
): Positives {
  const [numUsers, numItems] = [userCounts.length, itemCounts.length];
  const user = rows.map((row) => userOfRow[row]!);
  const item = rows.map((row) => itemOfRow[row]!);
  return { numUsers, numItems, ...itemsOfUser(numUsers, [{ user, item }]) };
}

/** The same training rows; what the given rows hold is that of other rows, labels turned. */
function scrambled(of: SplitClient, rows: readonly number[]): SplitClient {
  const label = of.label.slice();
  for (const row of rows) label[row] = 1 - label[row]!;
  return {
    ...of,
    label,
    categorical: of.categorical.map((feature) => {
      if (feature.column.kind !== "text") return feature;
      const { codes: before } = feature.column;
      const codes = before.slice();
      rows.forEach((row, i) => (codes[row] = before[rows[(i * 7 + 3) % rows.length]!]!));
      return { ...feature, column: { ...feature.column, codes } };
    }),
  };
}

describe("what the models see", () => {
  test("validation and test rows have no part in any vector, bit by bit", async () => {
    const expected = await vectorsOf(split, configOf(), last);
    const changed = scrambled(split, [...split.valid, ...split.test]);
    const got = await vectorsOf(changed, configOf(), last);
    expect(got.factors).toEqual(expected.factors);
    expect(got.folds).toEqual(expected.folds);
    expect(got.foldOfRow).toEqual(expected.foldOfRow);
    // The comparison can fail: scrambled training rows do change them.
    const moved = await vectorsOf(scrambled(split, [...split.train]), configOf(), last);
    expect(moved.factors).not.toEqual(expected.factors);
  });

  test("a fold's model is that of a fit that was never given the fold", async () => {
    const config = configOf();
    const vectors = await vectorsOf(split, config, last);
    const { data } = encode([split], { minCount: 1, common: syntheticCommon });
    const positive = [...data.train.at].filter((_, i) => data.train.label[i] === 1);
    const passes = async (positives: Positives, ...key: (string | number)[]) => {
      const model = config.collaborative.model;
      if (model.kind !== "lightgcn") throw new Error("another model");
      const trainer = createLightGcn(
        positives,
        model,
        streamOf(1, "initial", "lightgcn", "a", ...key),
      );
      for (let epoch = 0; epoch < model.epochs; epoch++)
        await trainer.epoch(streamOf(1, "a", "lightgcn", "epoch", epoch, ...key));
      return trainer.factors();
    };
    expect(vectors.folds).toHaveLength(3);
    for (const fold of [0, 1, 2]) {
      const seen = positive.filter((row) => vectors.foldOfRow[row] !== fold);
      expect(seen.length).toBeLessThan(positive.length);
      expect(vectors.folds[fold]).toEqual(await passes(positivesOf(vectors, seen), "fold", fold));
    }
    expect(vectors.factors).toEqual(await passes(positivesOf(vectors, positive)));
  });

  test.each(["explicit", "implicit"] as const)(
    "%s: every row has its numbers",
    async (feedback) => {
      const of = feedback === "explicit" ? split : implicit;
      const vectors = await vectorsOf(of);
      const { foldOfRow, userOfRow, itemOfRow, userValues, itemValues } = vectors;
      const columns = ["user", "item"].map((name) => {
        const { column } = of.categorical.find((feature) => feature.name === name)!;
        if (column.kind !== "text") throw new Error("ids are text");
        return column;
      });
      const trained = new Set(of.train);
      const foldOfPair = new Map<string, number>();
      const counts = new Map<string, Set<string>>();
      for (let row = 0; row < of.label.length; row++) {
        const [user, item] = columns.map(({ codes, values }) => values[codes[row]!]!);
        if (!trained.has(row)) {
          expect(foldOfRow[row]).toBe(-1);
          continue;
        }
        expect(userValues[userOfRow[row]! - 1]).toBe(user);
        expect(itemValues[itemOfRow[row]! - 1]).toBe(item);
        const pair = `${user} ${item}`;
        expect(foldOfRow[row]).toBe(foldOfPair.get(pair) ?? foldOfRow[row]);
        foldOfPair.set(pair, foldOfRow[row]!);
        if (of.label[row] === 1 || feedback === "implicit") {
          counts.set(user!, (counts.get(user!) ?? new Set()).add(item!));
          counts.set(item!, (counts.get(item!) ?? new Set()).add(user!));
        }
      }
      expect(new Set(foldOfPair.values())).toEqual(new Set([0, 1, 2]));
      const sizes = (values: readonly string[]) => [
        0,
        ...values.map((v) => counts.get(v)?.size ?? 0),
      ];
      expect([...vectors.userCounts]).toEqual(sizes(userValues));
      expect([...vectors.itemCounts]).toEqual(sizes(itemValues));
      expect(vectors.itemOfPool).toHaveLength(feedback === "implicit" ? 1 : 0);
      for (const pool of vectors.itemOfPool) {
        const { rowOfItem } = of.sampling!;
        expect([...pool]).toEqual(Array.from(rowOfItem, (row) => itemOfRow[row]));
      }
    },
  );
});

describe("beside the baseline", () => {
  test("alone, the model of all positives is LightGCN's, scored as it is", async () => {
    const config = configOf({ score: "collaborative" });
    const party = partyOf(split);
    await runStage([party], config);
    const baseline = partyOf(split);
    const [stage] = lightgcn.stages(lightGcnConfig.parse(config.collaborative.model), settings);
    const client = await stage!.client(baseline.context);
    for (const [round, kind] of ["train", "train", "train", "finish"].entries())
      await client.handle({ kind, stage: "train", round, arrays: {}, metadata: {} });
    const { data, scorer } = party.context.memory;
    const examples = data!.parts[0]!.test.examples();
    const scores = await scorer!.score(examples, "a");
    expect(scores).toEqual(await baseline.context.memory.scorer!.score(examples, "a"));
  });

  test("MF-BPR and SVD are learned in the same way", async () => {
    const mf = { kind: "mf-bpr", width: 4, epochs: 4 } as const;
    const svd = { kind: "svd", width: 4, epochs: 4 } as const;
    for (const model of [mf, svd]) {
      const config = configOf({
        collaborative: { model, rounds: 2 },
        channels: { scores: { folds: 2 } },
      });
      const vectors = await vectorsOf(split, config, last);
      expect(vectors.folds).toHaveLength(2);
      expect(vectors.factors.width).toBe(4);
      expect("bias" in vectors.factors).toBe(model.kind === "mf-bpr");
      expect(vectors.factors.items.some((value) => value !== 0)).toBe(true);
    }
  });

  test.each([
    ["none", "none"],
    ["one model", { folds: 1 }],
  ])("scores %s: no further models; every training row is scored by the one", async (_, scores) => {
    const vectors = await vectorsOf(split, configOf({ channels: { scores } }));
    expect(vectors.folds).toEqual([]);
    const trained = new Set(split.train);
    expect([...vectors.foldOfRow]).toEqual(
      Array.from(vectors.foldOfRow, (_fold, row) => (trained.has(row) ? 0 : -1)),
    );
  });
});

describe("rounds", () => {
  test("the folds' vectors are those of the round that the model of all chose", async () => {
    const party = partyOf(implicit);
    const config = configOf({
      collaborative: {
        model: { kind: "lightgcn", width: 4, epochs: 12, learningRate: 0.02 },
        rounds: 12,
        patience: 2,
      },
    });
    const sent = await runStage([party], config);
    const values = sent
      .filter(({ direction }) => direction === "up")
      .map(({ message }) => (message.metadata["valid"] as Record<string, number>)["a"]!);
    const best = values.indexOf(Math.max(...values));
    // Patience ends it after two rounds that are no better.
    expect(values.length).toBeLessThan(13);
    expect(best).toBeGreaterThan(0);
    const shorter = configOf({
      collaborative: {
        model: { kind: "lightgcn", width: 4, epochs: best, learningRate: 0.02 },
        rounds: best,
      },
    });
    const expected = await vectorsOf(implicit, shorter, last);
    expect(party.context.memory.collaborative).toEqual(expected);
  });

  test("stopped and resumed after any round, and when all is over, it leaves the same", async () => {
    const config = configOf({ score: "collaborative" });
    const expected = await vectorsOf(split, config);
    const stage = collaborativeVectorsStage(settings, config);
    let party = partyOf(split);
    let client = await stage.client(party.context);
    for (const [round, kind] of ["train", "train", "train", "finish"].entries()) {
      await client.handle({ kind, stage: "collaborative", round, arrays: {}, metadata: {} });
      const saved = structuredClone(client.save());
      const { files } = party;
      party = partyOf(split);
      for (const [name, bytes] of files) party.files.set(name, bytes);
      client = await stage.client(party.context);
      client.load(saved);
    }
    expect(party.context.memory.collaborative).toEqual(expected);
    expect(party.context.memory.scorer).toBeDefined();
  });

  test("alone, messages carry no array", async () => {
    const sent = await runStage([partyOf(split)], configOf());
    expect(sent.map(({ message }) => message.kind)).toContain("finished");
    for (const { message } of sent) expect(message.arrays).toEqual({});
  });
});

test("with a metric of probabilities, AUC chooses: by log loss untrained vectors would be best", async () => {
  const chosen = async (selectBy: string) => {
    const party = partyOf(split);
    const sent = await runStage([party], configOf(), { selectBy });
    const valid = sent.flatMap(({ message: { metadata } }) => metadata["valid"] ?? []);
    return { valid, vectors: party.context.memory.collaborative };
  };
  expect(await chosen("logloss")).toEqual(await chosen("auc"));
  expect(orderMetric("ne:buy")).toBe("auc:buy");
  expect(orderMetric("ndcg@10")).toBe("ndcg@10");
});

describe("vectors of an earlier method", () => {
  const taking = (own: object = {}) => {
    const base = configOf(own);
    return { ...base, collaborative: { ...base.collaborative, from: "earlier" } };
  };

  test("are taken as they are, without training; without folds where none are wanted", async () => {
    const earlier = partyOf(split);
    await runStage([earlier], configOf());
    const vectors = earlier.context.memory.collaborative!;
    const party = partyOf(split, {}, earlier.files);
    const sent = await runStage([party], taking());
    expect(sent.map(({ message }) => message.kind)).toEqual(["take", "taken"]);
    expect(party.context.memory.collaborative).toEqual(vectors);
    const inSample = partyOf(split, {}, earlier.files);
    await runStage([inSample], taking({ channels: { scores: { folds: 1 } } }));
    expect(inSample.context.memory.collaborative).toEqual({
      ...vectors,
      folds: [],
      foldOfRow: vectors.foldOfRow.map((fold) => Math.min(fold, 0)),
    });
    expect(party.files.has(COLLABORATIVE_FILE)).toBe(false);
  });

  test.each([
    [
      "other folds",
      { channels: { scores: { folds: 2 } } },
      /channels\.scores\.folds is 3 there and 2/,
    ],
    [
      "anchors",
      { alignment: { anchors: true } },
      /alignment\.anchors is false there and true here/,
    ],
    [
      "another model",
      { collaborative: { model: { kind: "svd" }, rounds: 3 } },
      /collaborative\.model/,
    ],
    [
      "other rounds",
      { collaborative: { rounds: 4 } },
      /collaborative\.rounds is 3 there and 4 here/,
    ],
  ])("%s: it says what differs, and the way out", async (_, own, message) => {
    const earlier = partyOf(split);
    await runStage([earlier], configOf());
    const party = partyOf(split, {}, earlier.files);
    await expect(runStage([party], taking(own))).rejects.toThrow(message);
    await expect(runStage([party], taking(own))).rejects.toThrow(/or remove collaborative\.from/);
  });

  test("of a round that was chosen by something else, they are other vectors", async () => {
    const earlier = partyOf(split);
    await runStage([earlier], configOf());
    const party = partyOf(split, {}, earlier.files);
    const last = trainingConfig.parse({ patience: 20, select: "last" });
    await expect(runStage([party], taking(), { training: last })).rejects.toThrow(
      'what training.select and training.selectBy choose by is "auc" there and "last" here',
    );
    await expect(runStage([party], taking(), { selectBy: "gauc" })).rejects.toThrow(
      /is "auc" there and "gauc" here/,
    );
    // Log loss means nothing of an order: then AUC chooses, as it did there.
    await runStage([party], taking(), { selectBy: "logloss" });
  });

  test("where there are none, it says so", async () => {
    await expect(runStage([partyOf(split)], taking())).rejects.toThrow(
      "method earlier left no collaborative vectors; name an earlier fedmm method",
    );
  });
});
