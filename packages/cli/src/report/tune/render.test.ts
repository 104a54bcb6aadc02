import { describe, expect, test } from "vitest";
import { parameterAxis } from "./axis.ts";
import { bestFirst } from "./order.ts";
import { renderTune } from "./render.ts";
import { halved, result, trial } from "./result.fixture.ts";
import { shortNames } from "./short-names.ts";

describe("the page of a tune", () => {
  const page = renderTune(halved);

  test("names the best value and every reason of failure, escaped", () => {
    expect(page).toContain("The best of 4 settings reaches Log loss 0.4100 on validation rows");
    expect(page).toContain("the loss is &lt;NaN&gt;");
    expect(page).toContain("made &amp; up");
  });

  test("has a point per measured trial in each plot and a cross per failed one", () => {
    expect(page.match(/<circle/g)).toHaveLength(5 * 3);
    expect(page.match(/class="failed"/g)).toHaveLength(1);
  });

  test("without a measured trial has no plots, and says so", () => {
    const failed = renderTune(result([trial(1, 1, undefined)]));
    expect(failed).toContain("None of 1 trials could be measured");
    expect(failed).not.toContain("<circle");
  });
});

test("trials are ordered by rung, then by the objective's own direction, failed ones last", () =>
  expect(bestFirst(halved).map(({ setting, rung }) => [setting, rung])).toEqual([
    [3, 2],
    [4, 2],
    [3, 1],
    [4, 1],
    [1, 1],
    [2, 1],
  ]));

describe("axes", () => {
  test("a log range has its powers of ten at equal distances", () => {
    const { ticks, at } = parameterAxis(
      { low: 0.001, high: 1, scale: "log", integer: false },
      [0, 112],
    );
    expect(ticks.map(({ label }) => label)).toEqual(["0.001", "0.01", "0.1", "1"]);
    // Three decades and six per cent of them at both ends: 112 / 3.36 = 33.33 each.
    expect(at(0.01) - at(0.001)).toBeCloseTo(112 / 3.36, 9);
    expect(at(0.001)).toBeCloseTo((0.18 * 112) / 3.36, 9);
  });

  test("a log range within one decade has 1, 2 and 5", () => {
    const { ticks } = parameterAxis({ low: 8, high: 64, scale: "log", integer: true }, [0, 100]);
    expect(ticks.map(({ label }) => label)).toEqual(["10", "20", "50"]);
  });

  test("words stand in their order at equal distances, lists and blocks as JSON", () => {
    const { ticks, at } = parameterAxis({ values: ["adam", [8, 4], { kind: "lr" }] }, [0, 90]);
    expect(ticks).toEqual([
      { at: 15, label: "adam" },
      { at: 45, label: "[8,4]" },
      { at: 75, label: '{"kind":"lr…' },
    ]);
    expect(at([8, 4])).toBe(45);
  });
});

test("short names are the shortest endings that tell paths apart", () =>
  expect(
    shortNames(["training.optimiser.learningRate", "training.tables.learningRate", "model.width"]),
  ).toEqual(["optimiser.learningRate", "tables.learningRate", "width"]));
