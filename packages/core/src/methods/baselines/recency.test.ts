import { expect, test } from "vitest";
import type { SplitClient } from "../../data/index.ts";
import { domainOfRows, type Row } from "../../population/tables.fixture.ts";
import { methodConfig, methods, resolveMethod } from "../registry.ts";
import { emptyContext, runInMarkets, settingsOf } from "../two-markets.fixture.ts";

/** Items a to d are chosen by others on days 1, 20, 20 and 60; ann is asked on days 30 and 62. */
function world(heldOut: readonly Row[] = []): readonly SplitClient[] {
  const others: Row[] = [
    ["u1", "a", 1, "train", "old tea"],
    ["u1", "b", 20, "train", "new tea"],
    ["u2", "c", 20, "train", "new pan"],
    ["u2", "d", 60, "train", "old pan"],
    ["u3", "b", 20, "train", "new tea"],
  ];
  const own: Row[] = [
    ["ann", "e", 10, "train", "tea cup"],
    ["ann", "c", 30, "valid", "new pan"],
    ["ann", "b", 62, "test", "new tea"],
  ];
  const kitchen: Row[] = [
    ["ann", "x", 5, "train", "red pan"],
    ["u1", "y", 6, "valid", "green pan"],
    ["u1", "x", 7, "test", "red pan"],
    ["u2", "z", 8, "train", null],
  ];
  return [
    domainOfRows("food", [...others, ...own, ...heldOut], 9),
    domainOfRows("kitchen", kitchen),
  ];
}

async function scoresOf(entry: object, splits: readonly SplitClient[] = world()) {
  const { kind, ...rest } = resolveMethod(methodConfig.parse({ kind: "recency", ...entry }));
  const stages = () =>
    methods.recency.stages({ kind, ...rest } as never, settingsOf({ metrics: ["ndcg@2"] }));
  const context = { ...emptyContext(splits[0]!), name: "all", splits };
  const { traffic, valid } = await runInMarkets(stages, [context]);
  const items = (split: SplitClient) => {
    const column = split.categorical.find(({ name }) => name === "item")!.column;
    if (column.kind !== "text") throw new Error("items are text");
    return (row: number) => column.values[column.codes[row]!]!;
  };
  const named = (part: number) => {
    const { at, itemAt } = valid[part]!.part.valid.examples();
    const name = items(splits[part]!);
    return Array.from(itemAt!, (row, i) => ({
      of: name(at[i]!),
      item: name(row),
      score: valid[part]!.scores[i]!,
    }));
  };
  return { food: named(0), kitchen: named(1), traffic };
}

/** Items by falling score. */
const ranking = (rows: readonly { item: string; score: number }[]) =>
  rows.toSorted((a, b) => b.score - a.score).map(({ item }) => item);

test("an item counts by its training events in the days before the request, of whoever", async () => {
  const { food } = await scoresOf({ windowsDays: [14], windowWeights: [1] });
  // ann is asked on day 30: c was chosen on day 20, a long ago, d only later.
  expect(ranking(food)).toEqual(["c", "a", "d"]);
  const scoreOf = (item: string) => food.find((row) => row.item === item)!.score;
  const x = Math.log(1 + 0.01 * Math.log(2) + 0.05);
  expect(scoreOf("c")).toBeCloseTo((1 + x / (1 + Math.abs(x))) / 2, 6);
  const never = Math.log(0.05);
  expect(scoreOf("d")).toBeCloseTo((1 + never / (1 - never)) / 2, 6);
});

test("with texts alone, an item counts by its words in the history, of all domains", async () => {
  const { food } = await scoresOf({ recency: 0, text: 1 });
  const scoreOf = (item: string) => food.find((row) => row.item === item)!.score;
  // ann had "red pan" in the kitchen and "tea cup" in food, which is later and counts more.
  expect(scoreOf("c")).toBeGreaterThan(0.5);
  expect(scoreOf("a")).toBeGreaterThan(scoreOf("c"));
});

test("sums of both weights", async () => {
  const of = async (entry: object) =>
    (await scoresOf(entry)).food.map(({ score }) => {
      const y = 2 * score - 1;
      return y / (1 - Math.abs(y));
    });
  const [recency, text, both] = await Promise.all([
    of({}),
    of({ recency: 0, text: 1 }),
    of({ recency: 2, text: 3 }),
  ]);
  both.forEach((value, i) => expect(value).toBeCloseTo(2 * recency[i]! + 3 * text[i]!, 5));
});

test("held-out events of others change no score", async () => {
  const more = (day: number, item: string, text: string): readonly Row[] => [
    ["u3", item, day, "valid", text],
    ["u3", "d", day, "test", "old pan"],
  ];
  const of = async (held: readonly Row[]) =>
    (await scoresOf({ text: 5 }, world(held))).food.filter(({ of: positive }) => positive === "c");
  const byItem = (rows: Awaited<ReturnType<typeof of>>) =>
    Object.fromEntries(rows.map(({ item, score }) => [item, score]));
  expect(byItem(await of(more(29, "a", "old tea")))).toEqual(
    byItem(await of(more(21, "d", "old pan"))),
  );
});

test("no array travels, and no item or user", async () => {
  const { traffic } = await scoresOf({ text: 5 });
  expect(traffic.length).toBeGreaterThan(0);
  for (const { message } of traffic) expect(Object.keys(message.arrays)).toEqual([]);
});
