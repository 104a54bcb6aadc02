import fc from "fast-check";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { ChartData } from "../charts/chart.ts";
import { rowChart } from "../charts/row-chart.ts";
import { chartBlock, jsonInScript } from "./chart-block.ts";

test("JSON in a script element reads back as it was, and nothing in it looks like markup", () =>
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const { markup } = jsonInScript([value, "</script><!--\u2028&"]);
      expect(markup).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.parse(markup)).toEqual(
        JSON.parse(JSON.stringify([value, "</script><!--\u2028&"])),
      );
      // As JavaScript it is the same, so it would be safe inside a script too.
      expect(JSON.stringify(runInNewContext(`(${markup})`))).toBe(
        JSON.stringify([value, "</script><!--\u2028&"]),
      );
    }),
    { numRuns: 60, examples: [["__proto__"]] },
  ));

test("a figure holds what its variants have in common once, and all of each", () => {
  const variant = (name: string, value: number) => ({
    of: [name],
    chart: {
      ...rowChart({
        rows: ["de", "fr"],
        series: [],
        axis: `gain of ${name}`,
        zero: value > 1,
      }),
      summary: name,
    },
  });
  const variants = [variant("a", 1), variant("b", 2)];
  const { markup } = chartBlock({ id: "x", variants });
  const [, json] = /<script type="application\/json">([\s\S]*?)<\/script>/.exec(markup)!;
  const { shared, variants: held } = JSON.parse(json!) as ChartData;
  expect(Object.keys(shared!)).toEqual(["textStyle", "tooltip", "grid", "yAxis"]);
  expect(held.map(({ chart }) => Object.keys(chart.option))).toEqual([
    ["xAxis", "series"],
    ["xAxis", "series"],
  ]);
  expect(
    held.map((own) => ({
      ...own,
      chart: { ...own.chart, option: { ...shared, ...own.chart.option } },
    })),
  ).toEqual(variants);
});

test("a still picture's styles are whole: no quotes within their own", () => {
  const chart = { ...rowChart({ rows: ["de"], series: [], axis: "gain" }), summary: "" };
  const { markup } = chartBlock({ id: "y", variants: [{ of: [], chart }] });
  const styles = [...markup.matchAll(/<text[^>]* style="([^"]*)"/g)].map(([, style]) => style);
  expect(styles.length).toBeGreaterThan(0);
  expect(styles.every((style) => /^font-size: ?\d+px;$/.test(style!))).toBe(true);
});
