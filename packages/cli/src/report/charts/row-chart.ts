import { baseOption, rowAxis, valueAxis, type Chart, type ChartOption } from "./chart.ts";
import { symbolOption, type PointLook } from "./symbols.ts";

export interface RowPoint {
  readonly row: string;
  readonly value: number;
  /** Ends of its interval. */
  readonly low?: number;
  readonly high?: number;
  /** Lines of the box under the pointer, the first its title. */
  readonly tip: string;
}

export interface RowSeries extends PointLook {
  readonly name: string;
  readonly sizePx?: number;
  readonly points: readonly RowPoint[];
}

export interface RowChartOptions {
  /** Every row, the first on top. */
  readonly rows: readonly string[];
  readonly series: readonly RowSeries[];
  /** What the axis counts. */
  readonly axis: string;
  /** A dashed line at 0, which is then always on the picture. */
  readonly zero?: boolean;
  /** Right is less: for losses, so that right is better everywhere. */
  readonly reversed?: boolean;
}

export const ROW_PX = 32;
const FRAME_PX = 74;

/** Points with their intervals on rows of names: forests, and values of methods side by side. */
export function rowChart({
  rows,
  series,
  axis,
  zero = false,
  reversed = false,
}: RowChartOptions): Pick<Chart, "option" | "heightPx"> {
  return {
    heightPx: FRAME_PX + rows.length * ROW_PX,
    option: baseOption({
      grid: {
        left: 4,
        right: 18,
        top: 6,
        bottom: 34,
        outerBoundsMode: "same",
        outerBoundsContain: "axisLabel",
      },
      xAxis: { ...valueAxis({ name: axis, tight: !zero }), inverse: reversed },
      yAxis: rowAxis(rows),
      series: [
        ...(zero ? [zeroLine()] : []),
        ...series.filter(({ points }) => points.length > 0).flatMap(drawn),
      ],
    }),
  };
}

/** Whiskers below, points above. */
function drawn(series: RowSeries): ChartOption[] {
  const { name, points, colour, sizePx = 11 } = series;
  const whiskers = points.flatMap(({ row, low, high }) =>
    low === undefined || high === undefined
      ? []
      : [
          [low, row],
          [high, row],
          [null, null],
        ],
  );
  return [
    ...(whiskers.length === 0
      ? []
      : [
          {
            type: "line",
            name,
            data: whiskers,
            symbol: "none",
            silent: true,
            z: 2,
            lineStyle: { color: colour, width: 2 },
            tooltip: { show: false },
          },
        ]),
    {
      type: "scatter",
      name,
      z: 3,
      data: points.map(({ row, value, tip }) => ({ value: [value, row], tip })),
      ...symbolOption(series, sizePx),
    },
  ];
}

/** A dashed line at no difference. */
export function zeroLine(at: "xAxis" | "yAxis" = "xAxis"): ChartOption {
  return {
    type: "scatter",
    data: [],
    silent: true,
    markLine: {
      silent: true,
      symbol: "none",
      label: { show: false },
      lineStyle: { color: "var(--muted)", type: "dashed", width: 1 },
      data: [{ [at]: 0 }],
    },
  };
}
