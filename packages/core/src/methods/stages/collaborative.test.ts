import { beforeAll, describe, expect, test } from "vitest";
import {
  encode,
  splitClient,
  syntheticColumns,
  syntheticCommon,
  syntheticWorld,
  type Examples,
  type RawTable,
  type SplitClient,
} from "../../data/index.ts";
import type { ClientContext, Scorer } from "../../federation/client-context.ts";
import { noCryptography } from "../../federation/no-cryptography.fixture.ts";
import type { Message } from "../../federation/types.ts";
import { measure } from "../../metrics/index.ts";
import { modelConfig } from "../../models/index.ts";
import { jaxExecutor } from "../../tensor/index.ts";
import { trainingConfig } from "../../training/index.ts";
import { methodConfig, methodOf, resolveMethod } from "../registry.ts";
import { settingsOf as commonSettings } from "../two-markets.fixture.ts";
import type { MethodSettings } from "../types.ts";

const entries = {
  "item-knn": "item-knn",
  ease: { kind: "ease", lambda: 20 },
  "mf-bpr": { kind: "mf-bpr", width: 4, epochs: 6 },
  lightgcn: { kind: "lightgcn", width: 4, layers: 2, epochs: 6, learningRate: 0.05 },
} as const;
const kinds = Object.keys(entries) as (keyof typeof entries)[];
const byPasses = ["mf-bpr", "lightgcn"] as const;

let table: RawTable;
beforeAll(() => {
  table = syntheticWorld({
    kind: "synthetic",
    markets: { a: { rows: 600 } },
    sharedTaste: 0.8,
    worldSeed: 1,
  })[0]!.table;
});

function splitOf(feedback: "explicit" | "implicit"): SplitClient {
  const split = { kind: "random" as const, valid: 0.25, test: 0.25 };
  return splitClient(table, { client: "a", columns: syntheticColumns, feedback, split }, 1);
}

function settingsOf(own: Partial<MethodSettings> = {}): MethodSettings {
  return commonSettings({
    model: modelConfig.parse({ kind: "lr" }),
    training: trainingConfig.parse({ patience: 20 }),
    federation: {
      rounds: 3,
      localEpochs: 1,
      clientsPerRound: "all",
      cohort: "fixed",
      shared: [],
      federatedEmbeddings: "mean",
    },
    metrics: ["auc", "logloss"],
    features: { categorical: [], numeric: [] },
    ...own,
  });
}

function contextOf(split: SplitClient): ClientContext {
  return {
    name: "a",
    seed: 1,
    splits: [split],
    executor: jaxExecutor(),
    store: { write: async () => {}, read: async () => undefined },
    earlier: () => ({ read: async () => undefined }),
    cryptography: noCryptography,
    memory: {},
  };
}

async function open(kind: keyof typeof entries, split: SplitClient, settings = settingsOf()) {
  const entry = resolveMethod(methodConfig.parse(entries[kind]));
  const definition = methodOf(entry.kind);
  const [stage] = definition.stages(entry, settings);
  const context = contextOf(split);
  const client = await stage!.client(context);
  const ask = (request: string, round: number): Promise<Message> =>
    client.handle({ kind: request, stage: stage!.name, round, arrays: {}, metadata: {} });
  const runAll = async (): Promise<Scorer> => {
    if (stage!.name === "fit") await ask("fit", 0);
    else {
      for (let round = 0; round < 3; round++) await ask("train", round);
      await ask("finish", 3);
    }
    return context.memory.scorer!;
  };
  return { ask, client, context, runAll };
}

/** The same training rows; what the given held-out rows hold is that of other rows, labels turned. */
function altered(split: SplitClient, rows: readonly number[]): SplitClient {
  const turn = <T extends Int32Array | Float64Array>(values: T): T => {
    const copy = values.slice() as T;
    rows.forEach((row, i) => (copy[row] = values[rows[(i * 7 + 3) % rows.length]!]!));
    return copy;
  };
  const label = split.label.slice();
  for (const row of rows) label[row] = 1 - label[row]!;
  return {
    ...split,
    label,
    categorical: split.categorical.map((feature) =>
      feature.column.kind === "text"
        ? { ...feature, column: { ...feature.column, codes: turn(feature.column.codes) } }
        : feature,
    ),
  };
}

function trainRows(split: SplitClient): Examples {
  return encode([split], { minCount: 1, common: syntheticCommon }).data.train;
}

async function scoresOf(
  kind: keyof typeof entries,
  trained: SplitClient,
  settings?: MethodSettings,
) {
  const { runAll } = await open(kind, trained, settings);
  return (await runAll()).score(trainRows(splitOf("explicit")), "a");
}

describe.each(kinds)("%s", (kind) => {
  test("what validation and test rows hold does not change what is learned", async () => {
    const split = splitOf("explicit");
    const last = settingsOf({ training: trainingConfig.parse({ select: "last" }) });
    const expected = await scoresOf(kind, split, last);
    expect(await scoresOf(kind, altered(split, [...split.valid]), last)).toEqual(expected);
    expect(await scoresOf(kind, altered(split, [...split.test]), last)).toEqual(expected);
    // The comparison can fail: altered training rows do change it.
    expect(await scoresOf(kind, altered(split, [...split.train]), last)).not.toEqual(expected);
  });

  test("the test split has no part in the choice of the pass either", async () => {
    const split = splitOf("explicit");
    const expected = await scoresOf(kind, split);
    expect(await scoresOf(kind, altered(split, [...split.test]))).toEqual(expected);
  });

  test("implicit feedback: a user's training items score above the others, between 0 and 1", async () => {
    const split = splitOf("implicit");
    const { runAll, context } = await open(kind, split);
    const scorer = await runAll();
    const mean = (values: ArrayLike<number>) =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    const known = await scorer.score(trainRows(split), "a");
    const candidates = context.memory.data!.parts[0]!.test.examples();
    const others = (await scorer.score(candidates, "a")).filter(
      (_, row) => candidates.label[row] === 0,
    );
    expect(mean(known)).toBeGreaterThan(mean(others));
    for (const score of [...known, ...others]) {
      expect(score).toBeGreaterThan(0);
      expect(score).toBeLessThan(1);
    }
  });

  test("resumed from its saved state, it scores the same", async () => {
    const split = splitOf("explicit");
    const expected = await scoresOf(kind, split);
    const before = await open(kind, split);
    const isFit = kind === "ease" || kind === "item-knn";
    await before.ask(isFit ? "fit" : "train", 0);
    const saved = structuredClone(before.client.save());
    const after = await open(kind, split);
    after.client.load(saved);
    if (!isFit) {
      await after.ask("train", 1);
      await after.ask("train", 2);
      await after.ask("finish", 3);
      // And once more, when all is over.
      const over = await open(kind, split);
      over.client.load(structuredClone(after.client.save()));
      expect(await over.context.memory.scorer!.score(trainRows(split), "a")).toEqual(expected);
    }
    expect(await after.context.memory.scorer!.score(trainRows(split), "a")).toEqual(expected);
  });

  test.each(["user", "item"])("without a column of role %s it says so", async (role) => {
    const split = splitOf("explicit");
    const categorical = split.categorical.filter(({ name }) => name !== role);
    await expect(open(kind, { ...split, categorical })).rejects.toThrow(
      `no column has the role ${role}; name one in data.columns.${role} or remove the method`,
    );
  });
});

describe.each(byPasses)("%s", (kind) => {
  test("the best validated pass is served, and patience ends the rounds", async () => {
    const split = splitOf("explicit");
    const settings = settingsOf({ training: trainingConfig.parse({ patience: 1 }) });
    const { ask, context } = await open(kind, split, settings);
    const values: number[] = [];
    let last: Message | undefined;
    for (let round = 0; round < 3; round++) {
      last = await ask("train", round);
      const { valid, finished } = last.metadata as {
        valid: Record<string, number>;
        finished: boolean;
      };
      values.push(valid["a"]!);
      const best = Math.max(...values);
      const stale = values.length - 1 - values.indexOf(best);
      expect(last.metadata["stale"]).toBe(stale);
      expect(finished).toBe(stale >= 1);
      expect(last.metadata["trainLoss"] === undefined).toBe(finished);
    }
    const end = await ask("finish", 3);
    values.push((end.metadata["valid"] as Record<string, number>)["a"]!);
    const part = context.memory.data!.parts[0]!;
    const examples = part.valid.examples();
    const scores = await context.memory.scorer!.score(examples, "a");
    const scored = { examples, scores, numUsers: part.numUsers };
    const measured = measure(["auc"], scored, { ties: "pessimistic" })["auc"]!;
    expect(measured.kind === "value" && measured.value).toBe(Math.max(...values));
  });
});
