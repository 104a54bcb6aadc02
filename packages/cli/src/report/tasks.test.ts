import type { Result } from "@atoll/node/results";
import { expect, test } from "vitest";
import { ofAllTasks } from "./labels.ts";
import { textOf } from "./page.fixture.ts";
import { renderReport } from "./render.ts";
import { resultOf } from "./result.fixture.ts";
import { resultOfTasks } from "./tasks.fixture.ts";

const pageOf = (own: Result) =>
  renderReport({ result: own, lines: [], environment: {}, messages: [] });

test("the headline metric of every task stands side by side, with the client served worst", () => {
  const text = textOf(pageOf(resultOfTasks()));
  const table = text.slice(text.indexOf("Task by task"));
  expect(table).toContain("Method AUC of click worst client AUC of sale worst client");
  expect(table).toMatch(/Local only 0\.3000 ±.0\.0100 0\.3000 a 0\.6000 ±.0\.0100 0\.5000 b/);
  expect(text).toContain("Method Mean of clients Worst client a b");
});

test("one task needs no such table, and results without a worst client no column", () => {
  const own = resultOf(["a", "b"], { fedavg: { macro: [0.02, "better"] } });
  expect(textOf(pageOf(own))).not.toMatch(/Task by task|[Ww]orst client/);
});

test("metrics of all tasks share name and cut-off", () => {
  const names = ["ndcg@10:click", "ndcg@5:click", "ndcg@10:sale", "auc:click", "ndcg@10"];
  expect(ofAllTasks("ndcg@10:click", names)).toEqual(["ndcg@10:click", "ndcg@10:sale"]);
  expect(ofAllTasks("ndcg@10", names)).toEqual(["ndcg@10"]);
});
