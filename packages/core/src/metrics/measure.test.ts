import { describe, expect, test } from "vitest";
import { measure } from "./measure.ts";
import { defaultMetrics, metrics, parseMetric } from "./registry.ts";
import { scoredOf, type Row } from "./scored.fixture.ts";
import type { Ties } from "./types.ts";

const ties: Ties = "pessimistic";
const rows: readonly Row[] = [
  [0, 1, 0.9],
  [1, 0, 0.2],
  [0, 1, 0.4],
  [1, 0, 0.6],
];

test("names are read with their cut-off and their label", () => {
  expect(parseMetric("auc")).toMatchObject({ k: Infinity, label: "AUC" });
  expect(parseMetric("ndcg@25")).toMatchObject({
    definition: metrics.ndcg,
    k: 25,
    label: "NDCG@25",
  });
  expect(parseMetric("gauc-positives").definition).toBe(metrics["gauc-positives"]);
});

test.each([
  "",
  "AUCC",
  "auc@10",
  "ndcg",
  "ndcg@",
  "ndcg@0",
  "ndcg@1.5",
  "hr@-1",
  "hr@10 ",
  "toString",
  "hr@5@5",
])("%j is no metric", (name) => {
  expect(() => parseMetric(name)).toThrow(expect.objectContaining({ code: "METRIC_UNKNOWN" }));
});

test("an unknown name is answered with the likely one and all there are", () => {
  expect(() => parseMetric("logless")).toThrow(
    'no metric "logless"; did you mean "logloss"?; there are auc, gauc, gauc-positives, avgauc, logloss, ne, ece, hr@10, ndcg@10, mrr@10 (any cut-off)',
  );
});

test("the default metrics exist and suit their feedback", () => {
  const needs = (feedback: "explicit" | "implicit") =>
    defaultMetrics(feedback, ["label"]).map((name) => parseMetric(name).definition.needs);
  expect(needs("explicit")).not.toContain("lists");
  expect(needs("implicit")[0]).toBe("lists");
  const ofWholeLists = defaultMetrics("implicit", ["label"], { everyItem: true });
  expect(ofWholeLists).toEqual(["ndcg@10", "hr@10", "mrr@10"]);
});

test("scores that are not finite are counted and refused, whatever the metric", () => {
  const broken = { ...scoredOf(rows, 2), scores: Float64Array.of(0.1, Number.NaN, 0.2, Infinity) };
  expect(() => measure(["auc"], broken, { ties })).toThrow(
    expect.objectContaining({
      code: "METRIC_SCORES",
      message:
        "2 of 4 scores are not finite, first in row 2: NaN; the model diverged: lower its learning rate",
    }),
  );
});

test("scores outside [0, 1] are refused by the metrics of probabilities alone", () => {
  const logits = { ...scoredOf(rows, 2), scores: Float64Array.of(2, -1, 0.5, 0.1) };
  expect(measure(["auc"], logits, { ties })["auc"]).toMatchObject({ value: 1 });
  for (const name of ["logloss", "ne", "ece"])
    expect(() => measure(["auc", name], logits, { ties })).toThrow(
      "2 of 4 scores are no probability, first in row 1: 2",
    );
});

test("scores must be aligned with the rows", () => {
  const short = { ...scoredOf(rows, 2), scores: Float64Array.of(0.5) };
  expect(() => measure(["auc"], short, { ties })).toThrow("1 scores for 4 rows");
});

test("no rows define no metric", () => {
  for (const [base, { cutoff }] of Object.entries(metrics)) {
    const name = cutoff ? `${base}@10` : base;
    const reason = "there are no rows";
    expect(measure([name], scoredOf([], 3), { ties })).toEqual({
      [name]: { kind: "undefined", reason },
    });
  }
});

test("without a user column every row is a unit: influences as if each row had its own user", () => {
  const names = ["auc", "logloss", "ne", "ece"];
  const alone = rows.map(([, label, score], i): Row => [i, label, score]);
  const together = rows.map(([, label, score]): Row => [0, label, score]);
  const measured = measure(names, scoredOf(together, 1), { ties });
  expect(measured).toEqual(measure(names, scoredOf(alone, 4), { ties }));
  expect(measured["logloss"]).toMatchObject({ present: Uint8Array.of(1, 1, 1, 1) });
  expect(measure(["gauc"], scoredOf(together, 1), { ties })["gauc"]).toEqual({
    kind: "undefined",
    reason: "no user has rows of both labels",
  });
});

describe("minPositives", () => {
  // Five positive and three negative rows of four users.
  const uneven: readonly Row[] = [0, 1, 0, 1, 1, 0, 1, 1].map((label, i): Row => [
    i % 4,
    label,
    0.1 + 0.1 * i,
  ]);
  const all = ["auc", "gauc", "gauc-positives", "avgauc", "logloss", "ne", "ece"];
  const reasons = (minPositives: number, rows = uneven) =>
    new Set(
      Object.values(measure(all, scoredOf(rows, 4), { ties, minPositives })).map((own) =>
        own.kind === "undefined" ? own.reason : "a value",
      ),
    );

  test("as many as there are of either class is enough, and changes no value", () => {
    expect(reasons(3)).toEqual(new Set(["a value"]));
    expect(measure(all, scoredOf(uneven, 4), { ties, minPositives: 3 })).toEqual(
      measure(all, scoredOf(uneven, 4), { ties }),
    );
  });

  test("one more leaves every metric of labels undefined, with the counts", () => {
    expect(reasons(4)).toEqual(new Set(["3 negative rows; evaluation.minPositives asks for 4"]));
    const turned = uneven.map(([user, label, score]): Row => [user, 1 - label, score]);
    expect(reasons(4, turned)).toEqual(
      new Set(["3 positive rows; evaluation.minPositives asks for 4"]),
    );
    expect(reasons(2, uneven.slice(0, 2))).toEqual(
      new Set(["1 positive row; evaluation.minPositives asks for 2"]),
    );
  });

  test("it counts the rows of each task by themselves", () => {
    const { examples } = scoredOf(uneven, 4);
    const sales = [-1, 1, 0, -1, 0, 0, 0, -1];
    const label = Float32Array.from(uneven.flatMap(([, click], i) => [click, sales[i]!]));
    const scored = {
      examples: { ...examples, tasks: ["click", "sale"], label },
      scores: Float64Array.from({ length: 16 }, (_, i) => 0.05 + 0.05 * i),
      numUsers: 4,
    };
    const measured = measure(["auc:click", "auc:sale"], scored, { ties, minPositives: 2 });
    expect(measured["auc:click"]!.kind).toBe("value");
    expect(measured["auc:sale"]).toEqual({
      kind: "undefined",
      reason: "1 positive row; evaluation.minPositives asks for 2",
    });
  });

  test("ranked lists have one positive each: their metrics are not asked", () => {
    const lists = [0, 1].flatMap((list): Row[] => [
      [list, 1, 0.9, list],
      [list, 0, 0.3, list],
    ]);
    const measured = measure(["hr@1", "auc"], scoredOf(lists, 2), { ties, minPositives: 3 });
    expect(measured["hr@1"]).toMatchObject({ value: 1 });
    expect(measured["auc"]!.kind).toBe("undefined");
  });
});
