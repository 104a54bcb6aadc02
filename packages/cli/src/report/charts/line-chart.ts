import { baseOption, TOOLTIP, valueAxis, type Chart } from "./chart.ts";

export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly strong: boolean;
  /** Lengths of dashes and gaps; none for a whole line. */
  readonly dashes: readonly number[];
  readonly points: readonly (readonly [x: number, value: number, text: string])[];
}

export interface LineChartOptions {
  readonly lines: readonly Line[];
  readonly x: string;
  readonly y: string;
}

const HEIGHT_PX = 340;
/** Dashes by turns: lines are told apart without colours. */
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [10, 3, 2, 3]];

/** Lengths of dashes and gaps of the i-th line; none where it is whole. */
export function dashesOf(line: number): readonly number[] {
  return DASHES[line % DASHES.length]!;
}

/** Values by round, one line for each name. */
export function lineChart({ lines, x, y }: LineChartOptions): Pick<Chart, "option" | "heightPx"> {
  return {
    heightPx: HEIGHT_PX,
    option: baseOption({
      tooltip: { trigger: "axis", ...TOOLTIP },
      grid: {
        left: 26,
        right: 16,
        top: 12,
        bottom: 34,
        outerBoundsMode: "same",
        outerBoundsContain: "axisLabel",
      },
      xAxis: { ...valueAxis({ name: x }), min: 1, minInterval: 1, splitLine: { show: false } },
      yAxis: { ...valueAxis({ name: y, tight: true }), nameGap: 46 },
      series: lines.map(({ name, colour, strong, dashes, points }) => ({
        type: "line",
        name,
        emphasis: { disabled: true },
        showSymbol: points.length === 1,
        symbol: "circle",
        symbolSize: 6,
        itemStyle: { color: colour },
        lineStyle: {
          color: colour,
          width: strong ? 3 : 1.75,
          type: dashes.length === 0 ? "solid" : dashes,
        },
        data: points.map(([at, value, text]) => ({ value: [at, value], tip: text })),
      })),
    }),
  };
}
