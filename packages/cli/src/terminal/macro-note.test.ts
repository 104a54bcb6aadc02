import { expect, test } from "vitest";
import { resultOf } from "../report/result.fixture.ts";
import { resultTable } from "./result-table.ts";

const whole = resultOf(["a", "b", "tiny"], { fedavg: { a: [0.02, "better"] } }, "auc");

test("a mean over some of the clients says whom it leaves out", () => {
  expect(resultTable({ ...whole, macroClients: { auc: ["a", "b"] } }, false)).toContain(
    "mean: without tiny, whose test rows do not define AUC.",
  );
});

test("a mean over all clients, or one that nobody has, says nothing", () => {
  expect(resultTable(whole, false)).not.toContain("without");
  expect(resultTable({ ...whole, macroClients: { auc: [] } }, false)).not.toContain("without");
});
