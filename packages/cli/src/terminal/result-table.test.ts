import { expect, test } from "vitest";
import { resultOf } from "../report/result.fixture.ts";
import { resultOfTasks } from "../report/tasks.fixture.ts";
import { resultTable } from "./result-table.ts";

test("a terminal shows one table for each task, the traffic once", () => {
  const text = resultTable(resultOfTasks(), false);
  const [click = "", sale = "", ...others] = text.split("\n\n");
  expect(others).toEqual([]);
  expect(click).toMatch(/^AUC of click .* worst +up +down +rounds\n/);
  expect(sale).toMatch(/^AUC of sale +a +b +mean +95% interval +worst\n/);
  expect(sale).toMatch(/\nlocal +0\.7000 +0\.5000 +0\.6000 +\[0\.590, 0\.610\] +0\.5000 b\n/);
  expect(resultTable(resultOfTasks(), false, 40)).not.toContain("worst");
});

test("results without a worst client have no such column", () => {
  const own = resultOf(["a", "b"], { fedavg: { macro: [0.02, "better"] } });
  expect(resultTable(own, false)).not.toContain("worst");
});
