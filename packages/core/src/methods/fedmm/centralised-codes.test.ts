import { beforeAll, describe, expect, test } from "vitest";
import { syntheticCommon, type SplitClient } from "../../data/index.ts";
import { decodeState } from "../../federation/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import type { CollaborativeVectors } from "../../federation/client-memory.ts";
import type { Stage } from "../../federation/stage.ts";
import { trainingConfig } from "../../training/index.ts";
import { evaluateStage } from "../stages/evaluate.ts";
import { TRAINED_FILE } from "../stages/kept-model.ts";
import { trainReply } from "../stages/train-reply.ts";
import { trainStage } from "../stages/train.ts";
import { emptyContext, marketsOf, runInMarkets, settingsOf } from "../two-markets.fixture.ts";
import { centralisedCodes, pooledFedMm } from "./centralised-codes.ts";
import { fedmmAugmentation } from "./channels/augmentation.ts";
import { trainPerPartStage } from "./channels/per-part.ts";
import { fedmm } from "./fedmm.ts";

const small = {
  collaborative: {
    model: { kind: "lightgcn", width: 4, layers: 2, epochs: 6, learningRate: 0.05 },
    rounds: 3,
    patience: 1,
  },
  codebooks: {
    entities: ["item", "user"],
    codes: 6,
    localCodes: 6,
    width: 4,
    hidden: [8],
    rounds: 2,
    finalEpochs: 1,
  },
};
const common = [...syntheticCommon, "item"];
const best = settingsOf({
  common,
  training: trainingConfig.parse({
    batchSize: 64,
    optimiser: { kind: "adam", learningRate: 0.05 },
    patience: 1,
  }),
  federation: {
    rounds: 8,
    localEpochs: 1,
    clientsPerRound: "all",
    cohort: "fixed",
    shared: [],
    federatedEmbeddings: "mean",
  },
});
const last = settingsOf({ common });

const configOf = (channels: object = {}) =>
  centralisedCodes.config.parse({ kind: "centralised-codes", ...small, channels });

function pooledContext(splits: readonly SplitClient[], name = "pooled"): ClientContext {
  return { ...emptyContext(splits[0]!), name, splits };
}

describe.each([
  ["codes alone", { head: "none" }],
  [
    "tables from the codebook, a head and scores",
    {
      tables: "codebook",
      head: "local",
      scores: { folds: 2, heldOut: "mean" },
    },
  ],
])("%s", (_, channels) => {
  test.each(["explicit", "implicit"] as const)(
    "with one market it is fedmm with these settings, bit by bit (%s)",
    async (feedback) => {
      const [split] = marketsOf(feedback);
      const run = (stages: () => readonly Stage[]) =>
        runInMarkets(stages, [pooledContext([split!], "a")]);
      const pooled = await run(() => centralisedCodes.stages(configOf(channels), best));
      const own = fedmm.config.parse({
        kind: "fedmm",
        ...small,
        channels: { scores: "none", embeddings: "local", ...channels },
      });
      const expected = await run(() => fedmm.stages(own, best));
      expect(pooled.scores).toEqual(expected.scores);
      // Metrics that are sent are the same, too.
      const measured = ({ traffic }: typeof pooled) => traffic.at(-1)!.message.metadata;
      expect(measured(pooled)).toEqual(measured(expected));
    },
  );
});

describe("two markets", () => {
  const config = configOf({ tables: "codebook", scores: { folds: 2 } });
  const splits = marketsOf("implicit", { items: 60, share: 0.8 });
  const wholeRun = async (settings: typeof best) => {
    const context = pooledContext(splits);
    const outcome = await runInMarkets(() => centralisedCodes.stages(config, settings), [context]);
    return { context, ...outcome };
  };
  /** A run of each settings that all tests read; those that stop and resume start their own. */
  const runs = new Map<typeof best, ReturnType<typeof wholeRun>>();
  const wholeOf = (settings: typeof best) => {
    const run = runs.get(settings) ?? wholeRun(settings);
    runs.set(settings, run);
    return run;
  };
  let whole: Awaited<ReturnType<typeof wholeRun>>;
  beforeAll(async () => {
    whole = await wholeOf(best);
  });

  /** Raw values of a market's rows. */
  function valuesOf({ categorical }: SplitClient, feature: string): string[] {
    const { column } = categorical.find(({ name }) => name === feature)!;
    if (column.kind !== "text") throw new Error(`${feature} has no values`);
    return Array.from(column.codes, (code) => column.values[code]!);
  }

  /** What a market would look up by its raw values in what was learned from the rows of all. */
  function lookedUp(pooled: CollaborativeVectors, split: SplitClient): CollaborativeVectors {
    const { client, sampling } = split;
    const numberOf = (values: readonly string[]) => {
      const at = new Map(values.map((value, i) => [value, i + 1]));
      return (value: string) => at.get(value) ?? 0;
    };
    const [user, item] = [numberOf(pooled.userValues), numberOf(pooled.itemValues)];
    const items = valuesOf(split, "item").map(item);
    const from = splits
      .slice(0, splits.indexOf(split))
      .reduce((sum, { label }) => sum + label.length, 0);
    return {
      ...pooled,
      userOfRow: Int32Array.from(
        valuesOf(split, "user").map((value) => user(JSON.stringify([client, value]))),
      ),
      itemOfRow: Int32Array.from(items),
      itemOfPool: [Int32Array.from(sampling!.rowOfItem, (row) => items[row]!)],
      foldOfRow: pooled.foldOfRow.slice(from, from + split.label.length),
    };
  }

  test.each([
    ["the last state", last],
    ["the best state", best],
  ])(
    "each market's model is the one that it would train alone from the codes of all (%s)",
    async (_, settings) => {
      const pooled = await wholeOf(settings);
      const augmentation = fedmmAugmentation(pooledFedMm(config));
      const stages = () => [
        trainStage(settings, { kind: "alone" }, augmentation),
        evaluateStage(settings),
      ];
      for (const [m, split] of splits.entries()) {
        const { codes, collaborative } = pooled.context.memory;
        const memory = { collaborative: lookedUp(collaborative!, split), codes: codes! };
        const alone = { ...emptyContext(split), memory };
        const { scores, traffic } = await runInMarkets(stages, [alone]);
        expect(scores[0]).toEqual(pooled.scores[m]);
        // A market that has finished is left alone, and says the same until the other one has.
        const replies = (entries: typeof traffic) =>
          entries
            .filter(({ message: { kind, stage } }) => stage === "train" && kind === "update")
            .map(({ message }) => trainReply.parse(message.metadata).valid[split.client]!);
        const own = replies(traffic);
        const together = replies(pooled.traffic);
        expect(together.slice(0, own.length)).toEqual(own);
        expect(together.slice(own.length).every((value) => value === own.at(-1))).toBe(true);
      }
    },
  );

  test("markets keep a model each, and share items and codes but no user", async () => {
    const [a, b] = await Promise.all(
      splits.map(async ({ client }) => {
        const file = await whole.context.store.read(`${TRAINED_FILE}-${client}`);
        return decodeState(file!).arrays;
      }),
    );
    const names = Object.keys(a!).filter((name) => name.startsWith("parameter:"));
    expect(names.length).toBeGreaterThan(0);
    expect(names.some((name) => a![name]!.data.join() !== b![name]!.data.join())).toBe(true);
    const { userValues, itemValues, itemCounts } = whole.context.memory.collaborative!;
    const trained = splits.map((split) => {
      const items = valuesOf(split, "item");
      return new Set(Array.from(split.train, (row) => items[row]!));
    });
    const shared = [...trained[0]!].filter((value) => trained[1]!.has(value));
    expect(shared.length).toBeGreaterThan(0);
    expect(new Set(itemValues).size).toBe(new Set([...trained[0]!, ...trained[1]!]).size);
    expect(itemCounts).toHaveLength(itemValues.length + 1);
    expect(new Set(userValues.map((value) => (JSON.parse(value) as string[])[0]))).toEqual(
      new Set(["a", "b"]),
    );
  });

  test("vectors are chosen by the mean of the markets' validation values", () => {
    const updates = whole.traffic
      .filter(({ message: { kind, stage } }) => stage === "collaborative" && kind === "update")
      .map(({ message }) => trainReply.parse(message.metadata));
    expect(updates.length).toBeGreaterThan(1);
    let bestMean = -Infinity;
    let stale = 0;
    for (const { valid, stale: said } of updates) {
      expect(Object.keys(valid)).toEqual(["a", "b"]);
      const mean = (valid["a"]! + valid["b"]!) / 2;
      stale = mean > bestMean ? 0 : stale + 1;
      bestMean = Math.max(mean, bestMean);
      expect(said).toBe(stale);
    }
  });

  test.each([
    ["the last state", last],
    ["the best state", best],
  ])("stopped and resumed it gives the same numbers (%s)", async (_, settings) => {
    const all = () => centralisedCodes.stages(config, settings);
    const plain = await wholeOf(settings);
    expect((await runInMarkets(all, [pooledContext(splits)], true)).scores).toEqual(plain.scores);
    // And where it is stopped among the rounds of the click models.
    const { collaborative, codes } = plain.context.memory;
    const train = () => [
      trainPerPartStage(settings, fedmmAugmentation(pooledFedMm(config))),
      evaluateStage(settings),
    ];
    const begun = (): ClientContext => ({
      ...pooledContext(splits),
      memory: { collaborative: collaborative!, codes: codes! },
    });
    const uninterrupted = await runInMarkets(train, [begun()]);
    expect(uninterrupted.scores).toEqual(plain.scores);
    expect((await runInMarkets(train, [begun()], true)).scores).toEqual(plain.scores);
  });

  test("a part that the party does not hold is no one's", async () => {
    const { parts } = whole.context.memory.data!;
    await expect(async () =>
      whole.context.memory.scorer!.score(parts[0]!.test.examples(), "c"),
    ).rejects.toThrow("client pooled holds no rows of c");
  });
});
