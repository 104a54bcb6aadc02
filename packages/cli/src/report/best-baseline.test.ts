import type { Result } from "@atoll/node/results";
import { expect, test } from "vitest";
import { answer } from "./answer.ts";
import { direction, metricLabel } from "./labels.ts";
import { resultOf } from "./result.fixture.ts";

/** A result whose methods are all trainings of one client. */
function trainings(effects: Parameters<typeof resultOf>[1], metric: string): Result {
  const result = resultOf(["shop"], effects, metric);
  const methods = Object.entries(result.methods).map(([name, method]) => [
    name,
    { ...method, role: "baseline" as const },
  ]);
  return { ...result, methods: Object.fromEntries(methods) as Result["methods"] };
}

test("without a federated method the best training is named, and how many are clearly better", () => {
  const result = trainings(
    {
      fm: { shop: [0.02, "better"], macro: [0.02, "better"] },
      dcn: { shop: [0.01, "no clear difference"], macro: [0.01, "no clear difference"] },
    },
    "auc:click",
  );
  const { headline, details } = answer(result);
  expect(headline).toBe(
    "fm has the best AUC of click, 0.3200; 1 of 2 methods is clearly better than Local only.",
  );
  expect(details[0]).toContain("say nothing about federating");
});

test("of a loss the smallest is best", () => {
  const result = trainings(
    {
      fm: { macro: [-0.02, "no clear difference"] },
      dcn: { macro: [0.01, "worse"] },
    },
    "logloss:sale",
  );
  expect(answer(result).headline).toBe(
    "fm has the best log loss of sale, 0.2800; none of 2 methods is clearly better than Local only.",
  );
});

test("what a baseline gives without a federation stands beside what federating gives", () => {
  const result = resultOf(
    ["shop", "stall"],
    {
      alone: { shop: [0.04, "better"], stall: [0.04, "better"], macro: [0.04, "better"] },
      fedavg: { shop: [0.05, "better"], stall: [0.05, "better"], macro: [0.05, "better"] },
    },
    "auc",
  );
  const methods = {
    ...result.methods,
    alone: { ...result.methods["alone"]!, role: "baseline" as const },
  };
  const beyond = {
    ...result.comparisons.find(({ method, client }) => method === "fedavg" && client === "macro")!,
    against: "alone",
    difference: 0.01,
    verdict: "no clear difference" as const,
  };
  const told = (comparisons: Result["comparisons"]) =>
    answer({ ...result, methods, comparisons }).headline;
  expect(told(result.comparisons)).toContain("(+0.0400 needs no federation: alone).");
  expect(told([...result.comparisons, beyond])).toContain(
    "(+0.0400 needs no federation: alone; federating adds +0.0100 to that, no clear difference).",
  );
});

test("metrics with a label are read as people write them", () => {
  expect(["auc", "ndcg@10", "logloss:sale", "hr@5:a:b"].map(metricLabel)).toEqual([
    "AUC",
    "NDCG@10",
    "log loss of sale",
    "HR@5 of a:b",
  ]);
  expect(["auc:click", "logloss:click", "ne", "ndcg@10"].map(direction)).toEqual([1, -1, -1, 1]);
});
