import { describe, expect, test } from "vitest";
import type { Comparison } from "../facts.ts";
import { barChart } from "./bar-chart.ts";
import type { ChartOption } from "./chart.ts";
import { forestChart } from "./forest-chart.ts";
import { stillChart } from "./still-chart.ts";

const comparison = (client: string, difference: number, verdict: Comparison["verdict"]) => ({
  method: "fedavg",
  against: "local",
  metric: "auc",
  client,
  difference,
  low: difference - 0.01,
  high: difference + 0.02,
  p: 0.001,
  pHolm: 0.0125,
  verdict,
});

const forest = (lessIsBetter = false) =>
  forestChart(
    [
      ["de", comparison("de", 0.03, "better")],
      ["fr", comparison("fr", -0.02, "worse")],
      ["<i>", comparison("<i>", 0.001, "no clear difference")],
    ],
    {
      axis: "difference",
      summary: "what it says",
      lessIsBetter,
      more: (name) => `rows of ${name}`,
    },
  );

const seriesOf = (option: ChartOption) =>
  option["series"] as readonly { readonly type: string; readonly name?: string; data: unknown[] }[];

describe("a forest", () => {
  test("has a point with its interval for each row, shapes by verdict", () => {
    const series = seriesOf(forest().option).filter(({ name }) => name === "better");
    expect(series).toMatchObject([
      {
        type: "line",
        data: [
          [expect.closeTo(0.02, 9), "de"],
          [expect.closeTo(0.05, 9), "de"],
          [null, null],
        ],
      },
      { type: "scatter", symbol: "triangle", symbolRotate: 0 },
    ]);
    expect(series[1]!.data).toEqual([
      {
        value: [0.03, "de"],
        tip: "de\n+0.0300, 95% interval [+0.0200, +0.0500]\nbetter, p 0.013 (Holm)\nrows of de",
      },
    ]);
    const worse = seriesOf(forest().option).filter(({ name }) => name === "worse");
    expect(worse[1]).toMatchObject({ symbol: "triangle", symbolRotate: 180 });
  });

  test("of a loss runs the other way, and its order too", () => {
    expect(forest().option["xAxis"]).toMatchObject({ inverse: false });
    expect(forest(true).option["xAxis"]).toMatchObject({ inverse: true });
    expect(forest().values).toEqual({ de: 0.03, fr: -0.02, "<i>": 0.001 });
    expect(forest(true).values).toEqual({ de: -0.03, fr: 0.02, "<i>": -0.001 });
  });

  test("is JSON all through: what a page holds is what was meant", () => {
    const { option } = forest();
    expect(JSON.parse(JSON.stringify(option))).toEqual(option);
  });
});

describe("a still picture", () => {
  test("takes its colours from the page, needs nothing, and is the same every time", () => {
    const { markup } = stillChart(forest(), "chart-x");
    expect(markup).toContain('fill="var(--better)"');
    expect(markup).not.toMatch(/https?:|<style|class="zr|<i>|zr\d/);
    expect(markup).toContain("&lt;i&gt;");
    expect(stillChart(forest(), "chart-x").markup).toBe(markup);
  });

  test("names inside it begin with its own", () => {
    const { markup } = stillChart(forest(), "chart-x");
    const ids = [...markup.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
    const used = [...markup.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id!);
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.every((id) => id.startsWith("chart-x-"))).toBe(true);
    expect(used.every((id) => ids.includes(id))).toBe(true);
  });

  test("patterns of bars hold no address", () => {
    const bars = (name: string) => ({
      name,
      colour: "var(--s1)",
      bars: [{ value: 1, tip: "" }],
    });
    const chart = {
      ...barChart({ rows: ["a"], series: [bars("up"), bars("down")], axis: "MB", stacked: true }),
      summary: "",
    };
    expect(stillChart(chart, "chart-y").markup).not.toMatch(/https?:/);
  });
});
