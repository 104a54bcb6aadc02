import type { Result } from "@atoll/node/results";
import { expect, test } from "vitest";
import { resultTable } from "../terminal/result-table.ts";
import { ofAllTasks } from "./labels.ts";
import { renderReport } from "./render.ts";
import { resultOf } from "./result.fixture.ts";

const interval = (mean: number) => ({ mean, sd: 0, low: mean - 0.01, high: mean + 0.01 });

/** Clicks and sales of two clients; local-only serves b worst at sales. */
function result(): Result {
  const own = resultOf(["a", "b"], { fedavg: { macro: [0.02, "better"] } }, "auc:click");
  for (const [name, method] of Object.entries(own.methods)) {
    const sale = name === "local" ? 0.6 : 0.5;
    method.macro["auc:sale"] = interval(sale);
    method.macro["logloss:sale"] = interval(0.1);
    method.clients["a"]!["auc:sale"] = interval(sale + 0.1);
    method.clients["b"]!["auc:sale"] = interval(sale - 0.1);
    method.worst = {
      "auc:click": { client: "a", mean: 0.3 },
      "auc:sale": { client: "b", mean: sale - 0.1 },
    };
  }
  return own;
}

const pageOf = (own: Result) =>
  renderReport({ result: own, lines: [], environment: {}, messages: [] });
const textOf = (markup: string) => markup.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");

test("the headline metric of every task stands side by side, with the client served worst", () => {
  const text = textOf(pageOf(result()));
  const table = text.slice(text.indexOf("Task by task"));
  expect(table).toContain("Method AUC of click worst client AUC of sale worst client");
  expect(table).toMatch(/Local only 0\.3000 ±.0\.0100 0\.3000 a 0\.6000 ±.0\.0100 0\.5000 b/);
  expect(text).toContain("Method Mean of clients Worst client a b");
});

test("one task needs no such table, and results without a worst client no column", () => {
  const own = resultOf(["a", "b"], { fedavg: { macro: [0.02, "better"] } });
  expect(textOf(pageOf(own))).not.toMatch(/Task by task|[Ww]orst client/);
  expect(resultTable(own, false)).not.toContain("worst");
});

test("a terminal shows one table for each task, the traffic once", () => {
  const text = resultTable(result(), false);
  const [click = "", sale = "", ...others] = text.split("\n\n");
  expect(others).toEqual([]);
  expect(click).toMatch(/^AUC of click .* worst +up +down +rounds\n/);
  expect(sale).toMatch(/^AUC of sale +a +b +mean +95% interval +worst\n/);
  expect(sale).toMatch(/\nlocal +0\.7000 +0\.5000 +0\.6000 +\[0\.590, 0\.610\] +0\.5000 b\n/);
  expect(resultTable(result(), false, 40)).not.toContain("worst");
});

test("metrics of all tasks share name and cut-off", () => {
  const names = ["ndcg@10:click", "ndcg@5:click", "ndcg@10:sale", "auc:click", "ndcg@10"];
  expect(ofAllTasks("ndcg@10:click", names)).toEqual(["ndcg@10:click", "ndcg@10:sale"]);
  expect(ofAllTasks("ndcg@10", names)).toEqual(["ndcg@10"]);
});
