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

test("marks are of the comparison that the legend names, where there are several", () => {
  const own = resultOf(["a", "b"], { fedavg: { macro: [0.02, "better"] } });
  const [first] = own.comparisons;
  const other = { ...first!, method: first!.against, against: "fedavg", client: "macro" };
  const text = resultTable(
    { ...own, comparisons: [...own.comparisons, { ...other, verdict: "worse" as const }] },
    false,
  );
  const line = text.split("\n").find((row) => row.startsWith(`${first!.against} `))!;
  expect(line).not.toMatch(/\d-/);
  expect(text).toContain(`than ${first!.against} (`);
});
