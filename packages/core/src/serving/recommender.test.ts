import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RawColumn } from "../data/index.ts";
import { decodeState, statePieces } from "../federation/index.ts";
import {
  methodConfig,
  methodOf,
  readKeptRecommender,
  RECOMMENDER_FILE,
  resolveMethod,
  type KeptRecommender,
} from "../methods/index.ts";
import {
  emptyContext,
  marketsOf,
  runInMarkets,
  scenarioSettings,
  scenariosOf,
  settingsOf,
} from "../methods/two-markets.fixture.ts";
import type { MethodSettings } from "../methods/types.ts";
import { catalogueOf } from "./catalogue.ts";
import { createRecommender } from "./recommender.ts";
import { rowsOf } from "./rows-of.fixture.ts";
import type { NewRows } from "./row-model.ts";

const entries = {
  popularity: "popularity",
  "item-knn": { kind: "item-knn", neighbours: 4, shrinkage: 2 },
  ease: { kind: "ease", lambda: 20, name: "linear" },
  "mf-bpr": { kind: "mf-bpr", width: 4, epochs: 4 },
  lightgcn: { kind: "lightgcn", width: 4, layers: 2, epochs: 4, learningRate: 0.05 },
} as const;
type Kind = keyof typeof entries;
const kinds = Object.keys(entries) as Kind[];

async function trained(kind: Kind, feedback: "explicit" | "implicit", interrupted = false) {
  const entry = resolveMethod(methodConfig.parse(entries[kind]));
  const metrics = feedback === "implicit" ? ["ndcg@5"] : ["auc"];
  const settings = settingsOf({ metrics, selectBy: metrics[0]! });
  const splits = marketsOf(feedback);
  return { splits, ...(await run(entry, settings, { splits, interrupted })) };
}

async function run(
  entry: ReturnType<typeof resolveMethod>,
  settings: MethodSettings,
  { splits, interrupted }: { splits: ReturnType<typeof marketsOf>; interrupted: boolean },
) {
  const contexts = splits.map(emptyContext);
  const stages = () => methodOf(entry.kind).stages(entry, settings);
  const { scores } = await runInMarkets(stages, contexts, interrupted);
  const kept = await Promise.all(
    contexts.map(async ({ store, name }) => (await readKeptRecommender(store, name))!),
  );
  return { contexts, scores, kept };
}

const score = (kept: KeptRecommender, rows: NewRows, client = "a") =>
  createRecommender(kept, { client }).score(rows);

describe("a kept recommender scores test rows as the evaluation did, to the last bit", () => {
  const cases = kinds.flatMap((kind) =>
    (["explicit", "implicit"] as const).map((feedback) => [kind, feedback] as const),
  );

  test.each(cases)("%s, %s", async (kind, feedback) => {
    const { contexts, splits, scores, kept } = await trained(kind, feedback);
    for (const [c, { memory, name }] of contexts.entries()) {
      const rows = rowsOf(splits[c]!, memory.data!.parts[0]!.test.examples());
      expect([...(await score(kept[c]!, rows, name))]).toEqual([...scores[c]!]);
      expect(new Set(scores[c]).size).toBeGreaterThan(3);
    }
  });

  test.each(["popularity", "ease", "mf-bpr"] as const)(
    "of a run that was resumed: %s",
    async (kind) => {
      const { contexts, splits, scores, kept } = await trained(kind, "implicit", true);
      const rows = rowsOf(splits[0]!, contexts[0]!.memory.data!.parts[0]!.test.examples());
      expect([...(await score(kept[0]!, rows))]).toEqual([...scores[0]!]);
    },
  );

  test("the settings are the method's own", async () => {
    const { kept } = await trained("ease", "explicit");
    expect(kept[0]!.config).toEqual({ kind: "ease", lambda: 20 });
  });

  test("of several labels, the one that it learned", async () => {
    const splits = scenariosOf().map((split) => ({
      ...split,
      // The world has a hashed id feature, which stands for the item here.
      categorical: split.categorical.map((feature) =>
        feature.name === "id0"
          ? { ...feature, name: "item", rule: { kind: "value" as const } }
          : feature,
      ),
    }));
    const settings = scenarioSettings({ metrics: ["auc:sale"], common: [] });
    const entry = resolveMethod(methodConfig.parse("popularity"));
    const training = { ...settings.training, task: "sale" };
    const options = { splits, interrupted: false };
    const { contexts, scores, kept } = await run(entry, { ...settings, training }, options);
    expect(kept[0]!.schema.tasks).toEqual(["sale"]);
    const rows = rowsOf(splits[0]!, contexts[0]!.memory.data!.parts[0]!.test.examples());
    expect([...(await score(kept[0]!, rows))]).toEqual([...scores[0]!]);
  });
});

describe("a row that brings a history", () => {
  const text = (values: readonly string[]): RawColumn => ({
    kind: "text",
    codes: Int32Array.from(values, (value, i) => (value === "" ? -1 : i)),
    values,
  });
  const rowsFor = (users: readonly string[], items: readonly string[], histories?: string[]) => ({
    numRows: users.length,
    features: {
      client: "a",
      categorical: [
        {
          name: "user",
          of: "user" as const,
          rule: { kind: "value" as const },
          column: text(users),
        },
        {
          name: "item",
          of: "item" as const,
          rule: { kind: "value" as const },
          column: text(items),
        },
      ],
      numeric: [],
    },
    ...(histories && { history: text(histories) }),
  });

  /** What each user chose in training, by name. */
  function chosenBy({ encoder, learned }: KeptRecommender): Map<string, string[]> {
    if (learned.kind !== "weights" && learned.kind !== "neighbours") return new Map();
    const { offsets, items } = learned.positives;
    return new Map(
      encoder.vocabularies["user"]!.map((user, u) => [
        user,
        [...items.subarray(offsets[u + 1], offsets[u + 2])].map(
          (item) => encoder.vocabularies["item"]![item - 1]!,
        ),
      ]),
    );
  }

  test.each(["item-knn", "ease"] as const)(
    "of what a known user chose is scored as that user, whatever the order and however often: %s",
    async (kind) => {
      const [kept] = (await trained(kind, "implicit")).kept;
      const chosen = [...chosenBy(kept!)].filter(([, items]) => items.length > 0);
      const items = kept!.encoder.vocabularies["item"]!;
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...chosen).chain(([user, own]) =>
            fc.record({
              user: fc.constant(user),
              own: fc.constant(own),
              order: fc.shuffledSubarray(own, { minLength: own.length }),
              item: fc.constantFrom(...items),
            }),
          ),
          async ({ user, own, order, item }) => {
            const histories = ["", own.join("|"), JSON.stringify(order)];
            const scores = await score(
              kept!,
              rowsFor([user, "nobody", user], [item, item, item], histories),
            );
            expect(scores[1]).toBe(scores[0]);
            expect(scores[2]).toBe(scores[0]);
          },
        ),
        { numRuns: 40 },
      );
      const [, own] = chosen.find(([, list]) => list.length > 1)!;
      const [item] = items;
      const last = own.at(-1)!;
      const scores = await score(
        kept!,
        rowsFor(["x", "x"], [item!, item!], [`${last}|${last}`, last]),
      );
      expect(scores[0]).toBe(scores[1]);
    },
  );

  test("changes what a known user is given", async () => {
    const [kept] = (await trained("ease", "implicit")).kept;
    const [[user, own]] = [...chosenBy(kept!)].filter(([, items]) => items.length > 1) as [
      [string, string[]],
    ];
    const items = kept!.encoder.vocabularies["item"]!;
    const users = items.map(() => user);
    const plain = await score(kept!, rowsFor(users, items));
    const given = await score(
      kept!,
      rowsFor(
        users,
        items,
        items.map(() => own[0]!),
      ),
    );
    expect([...given]).not.toEqual([...plain]);
  });

  test("of nothing that training held, or of nobody, is scored 0.5", async () => {
    for (const kind of ["item-knn", "ease"] as const) {
      const [kept] = (await trained(kind, "implicit")).kept;
      const [item] = kept!.encoder.vocabularies["item"]!;
      const histories = ["strange|things", ""];
      expect([...(await score(kept!, rowsFor(["x", "x"], [item!, item!], histories)))]).toEqual([
        0.5, 0.5,
      ]);
    }
  });

  test.each(["popularity", "mf-bpr"] as const)("is not noticed by %s", async (kind) => {
    const [kept] = (await trained(kind, "implicit")).kept;
    const items = kept!.encoder.vocabularies["item"]!.slice(0, 2);
    const rows = rowsFor(["x", ""], items);
    const given = { ...rows, history: text(["a", "b"]) };
    expect(createRecommender(kept!, { client: "a" }).historyLength).toBeUndefined();
    expect([...(await score(kept!, given))]).toEqual([...(await score(kept!, rows))]);
  });
});

test("what is unknown is counted, and what is not read is not", async () => {
  const { kept, splits, contexts } = await trained("popularity", "implicit");
  const model = createRecommender(kept[0]!, { client: "a" });
  await model.score(rowsOf(splits[0]!, contexts[0]!.memory.data!.parts[0]!.test.examples()));
  expect(model.seen.map(({ feature }) => feature)).toEqual(["item"]);
  expect(model.seen[0]!.unknown).toBeGreaterThan(0);
});

describe("all items of a client", () => {
  test.each(["item-knn", "mf-bpr"] as const)(
    "but those that the user chose in training, or that a history names: %s",
    async (kind) => {
      const [kept] = (await trained(kind, "implicit")).kept;
      const { encoder, learned } = kept!;
      if (learned.kind === "counts" || learned.kind === "weights") throw new TypeError(kind);
      const { offsets, items } = learned.positives;
      const { candidatesOf, knowsUser, items: all } = catalogueOf(kept!, { client: "a" });
      const namesOf = (places: Int32Array) => [...places].map((place) => all[place]!);
      expect(all).toEqual(encoder.vocabularies["item"]);
      encoder.vocabularies["user"]!.forEach((user, u) => {
        const own = [...items.subarray(offsets[u + 1], offsets[u + 2])].map(
          (item) => all[item - 1]!,
        );
        expect(namesOf(candidatesOf(user, undefined))).toEqual(
          all.filter((name) => !own.includes(name)),
        );
        expect(knowsUser(user)).toBe(true);
      });
      const [user] = encoder.vocabularies["user"]!;
      const [first, second] = all;
      expect(namesOf(candidatesOf(user, `["${second}", "${first}", "strange"]`))).toEqual(
        all.slice(2),
      );
      expect(namesOf(candidatesOf("nobody", ""))).toEqual(all);
      expect(knowsUser("nobody")).toBe(false);
    },
  );

  test("popularity remembers nobody", async () => {
    const [kept] = (await trained("popularity", "implicit")).kept;
    const { candidatesOf, knowsUser, items } = catalogueOf(kept!, { client: "a" });
    expect(candidatesOf("anybody", undefined).length).toBe(items.length);
    expect(candidatesOf(undefined, items[0]).length).toBe(items.length - 1);
    expect(knowsUser("anybody")).toBe(true);
  });
});

test("a file that is not as it should be says so", async () => {
  const { contexts } = await trained("popularity", "explicit");
  const { store } = contexts[0]!;
  const { metadata, arrays } = decodeState((await store.read(RECOMMENDER_FILE))!);
  const later = { arrays, metadata: { ...metadata, version: 2 } };
  await store.write(RECOMMENDER_FILE, statePieces(later));
  await expect(readKeptRecommender(store, "a")).rejects.toMatchObject({
    code: "MODEL_KEPT",
    message: expect.stringContaining(`client "a": the file of its recommender`) as string,
  });
});
