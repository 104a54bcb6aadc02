import { valueText, type Comparison, type SettingEffect } from "@atoll/node/comparisons";
import { baseOption, TOOLTIP, valueAxis, type Chart } from "../charts/chart.ts";
import { metricValue, signed } from "../format.ts";
import { html, type Html } from "../html.ts";
import { metricLabel } from "../labels.ts";
import { folded, type Section } from "../sections/section.ts";
import { chartBlock, onlyChart } from "../widgets/chart-block.ts";
import { mark } from "../widgets/mark.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { namesOf } from "./names.ts";

/** Lines are told apart without colours. */
const DASHES = ["solid", [6, 3], [2, 3], [10, 3, 2, 3]] as const;
const SYMBOLS = ["circle", "rect", "triangle", "diamond"] as const;
const HEIGHT_PX = 360;
/** Lines that a summary tells one by one. */
const MOST_TOLD = 4;
/** Colours of the theme. */
const COLOURS = 9;

/** What each setting does, a chart for each of them. */
export function effectSection(comparison: Comparison): Section | undefined {
  const effects = comparison.effects.filter(({ lines }) => lines.length > 0);
  if (effects.length === 0) return undefined;
  const names = namesOf(comparison);
  return {
    id: "settings",
    title: "What do settings change?",
    brief: effects.map(({ setting }) => names.setting(setting)).join(", "),
    content: html`<p class="lead">
        Measured on test rows: the best of several values looks better than it is. Choose settings
        with atoll tune.
      </p>
      ${effects.map((effect, i) => effectFigure(comparison, effect, i))}`,
  };
}

function effectFigure(comparison: Comparison, effect: SettingEffect, index: number): Html {
  const names = namesOf(comparison);
  const lines = effect.lines.map((line) => ({
    name: [
      ...(line.run !== undefined && comparison.runs.length > 1 ? [line.run] : []),
      names.variant(line.base, line.others),
    ].join(": "),
    line,
  }));
  return html`${chartBlock({
    id: `setting-${index + 1}`,
    caption: `${metricLabel(effect.metric)} by ${effect.setting}: mean of clients.`,
    variants: onlyChart(effectChart(effect, lines)),
    keys: lines.map(({ name }, i) => ({ name, colour: (i + 1) % COLOURS })),
  })}
  ${folded(`Numbers by ${effect.setting}`, effectTable(effect, lines))}`;
}

type Point = SettingEffect["lines"][number]["points"][number];

interface NamedLine {
  readonly name: string;
  readonly line: SettingEffect["lines"][number];
}

function effectChart({ setting, metric }: SettingEffect, lines: readonly NamedLine[]): Chart {
  const values = [
    ...new Set(lines.flatMap(({ line }) => line.points.map(({ value }) => valueText(value)))),
  ];
  return {
    heightPx: HEIGHT_PX,
    summary: summaryOf(lines),
    option: baseOption({
      tooltip: { trigger: "axis", ...TOOLTIP },
      grid: {
        left: 26,
        right: 24,
        top: 12,
        bottom: 34,
        outerBoundsMode: "same",
        outerBoundsContain: "axisLabel",
      },
      xAxis: {
        type: "category",
        data: values,
        name: setting,
        nameLocation: "middle",
        nameGap: 30,
        nameTextStyle: { color: "var(--muted)", fontSize: 12 },
        axisLabel: { color: "var(--ink)", fontSize: 12 },
        axisLine: { lineStyle: { color: "var(--line)" } },
        axisTick: { show: false },
      },
      yAxis: { ...valueAxis({ name: metricLabel(metric), tight: true }), nameGap: 46 },
      series: lines.map(({ name, line }, i) => ({
        type: "line",
        name,
        symbol: SYMBOLS[i % SYMBOLS.length]!,
        symbolSize: 9,
        itemStyle: { color: `var(--s${(i + 1) % COLOURS})` },
        lineStyle: {
          color: `var(--s${(i + 1) % COLOURS})`,
          width: 2,
          type: DASHES[i % DASHES.length]!,
        },
        data: line.points.map(({ value, mean, low, high }) => ({
          value: [valueText(value), mean],
          tip: `${name}\n${valueText(value)}: ${metricValue(mean)}, 95% interval [${metricValue(low)}, ${metricValue(high)}]`,
        })),
      })),
    }),
  };
}

/** Where each line begins and ends; of many lines only the points between which all lie. */
function summaryOf(lines: readonly NamedLine[]): string {
  const text = ({ value, mean }: Point) => `${metricValue(mean)} at ${valueText(value)}`;
  if (lines.length <= MOST_TOLD)
    return lines
      .map(({ name, line: { points } }) => `${name}: ${text(points[0]!)}, ${text(points.at(-1)!)}.`)
      .join(" ");
  const all = lines
    .flatMap(({ name, line }) => line.points.map((point) => ({ name, point })))
    .toSorted((a, b) => a.point.mean - b.point.mean);
  const [least, most] = [all[0]!, all.at(-1)!];
  return `${lines.length} lines, from ${text(least.point)} (${least.name}) to ${text(most.point)} (${most.name}).`;
}

function effectTable({ setting, metric }: SettingEffect, lines: readonly NamedLine[]): Html {
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Method</th>
          <th scope="col">${setting}</th>
          <th scope="col">${metricLabel(metric)}</th>
          <th scope="col">95% interval</th>
          <th scope="col">Over local-only with the same settings</th>
        </tr>
      </thead>
      <tbody>
        ${lines.flatMap(({ name, line }) =>
          line.points.map(
            ({ value, mean, low, high, gain }) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${valueText(value)}</td>
                <td>${metricValue(mean)}</td>
                <td>[${metricValue(low)}, ${metricValue(high)}]</td>
                <td data-v="${gain?.difference ?? ""}">
                  ${gain && html`${signed(gain.difference)}${mark(gain.verdict)}`}
                </td>
              </tr>`,
          ),
        )}
      </tbody>`,
    { label: `Values by ${setting}`, sortable: true },
  );
}
