import { baseOption, rowAxis, valueAxis, type Chart } from "./chart.ts";

export interface BarSeries {
  readonly name: string;
  readonly colour: string;
  /** One for each row. */
  readonly bars: readonly { readonly value: number; readonly tip: string }[];
}

export interface BarChartOptions {
  readonly rows: readonly string[];
  readonly series: readonly BarSeries[];
  /** What the axis counts, and in which unit: `MB`. */
  readonly axis: string;
  /** Parts of one bar, not bars side by side. */
  readonly stacked?: boolean;
}

const FRAME_PX = 74;
const KEYS_PX = 34;
const ROW_PX = 40;

/** Bars on rows of names. Several series are told apart by patterns too. */
export function barChart({
  rows,
  series,
  axis,
  stacked = false,
}: BarChartOptions): Pick<Chart, "option" | "heightPx"> {
  const keyed = series.length > 1;
  return {
    heightPx: FRAME_PX + rows.length * ROW_PX + (keyed ? KEYS_PX : 0),
    option: baseOption({
      aria: { enabled: keyed, label: { enabled: false }, decal: { show: keyed } },
      ...(keyed && {
        legend: {
          top: 0,
          left: 0,
          type: "scroll",
          selectedMode: false,
          textStyle: { color: "var(--muted)", fontSize: 12 },
          data: series.map(({ name }) => name),
        },
      }),
      grid: {
        left: 4,
        right: 18,
        top: keyed ? KEYS_PX : 6,
        bottom: 34,
        outerBoundsMode: "same",
        outerBoundsContain: "axisLabel",
      },
      xAxis: valueAxis({ name: axis }),
      yAxis: rowAxis(rows),
      series: series.map(({ name, colour, bars }) => ({
        type: "bar",
        name,
        ...(stacked && { stack: "all" }),
        barMaxWidth: stacked ? 20 : 12,
        emphasis: { itemStyle: { color: colour } },
        itemStyle: { color: colour, borderRadius: stacked ? 0 : [0, 2, 2, 0] },
        data: bars.map(({ value, tip }) => ({ value, tip })),
      })),
    }),
  };
}
